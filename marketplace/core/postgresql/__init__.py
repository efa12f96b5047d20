"""Django's PostgreSQL backend with one thing added: open ends of validity windows are real infinities."""
