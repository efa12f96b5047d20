"""Benchmarks: `python -m bench` measures every case on seeded data, `--smoke` proves in a minute that each still runs."""
