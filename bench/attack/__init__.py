"""Attacks on the running service, and what 8 honest phones notice of them: `python -m bench.attack --help`.

Everything stays on this machine, and ends after the time that was given. The service is as in production:
gunicorn with the project's own file behind the proxy of compose.yaml. The attackers have addresses of their
own (127.0.0.2 and so on), so that limits for an address do not end an attack that comes from many.
"""
