"""Benchmarks: `python -m bench` measures every case on seeded data, `--smoke` proves that each still runs."""
