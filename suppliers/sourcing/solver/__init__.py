"""Which supplier gets which line: the least cost under the buyer's rules, proved and explained (sourcing §6).

`problem` is what is asked, `model` its matrix, `solve` the run with HiGHS, `check` the same sums in Decimal, `process`
the call from outside: one program, one solver library, one hard time limit.
"""
