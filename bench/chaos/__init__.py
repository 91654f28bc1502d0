"""Kills under load: what was acknowledged must be stored once, evaluated, and in step with its alerts.

Phones send reports and repeat each until it is acknowledged (`phones`); every round kills something and
starts it again (`stage`); at the end what the phones were told is compared with what is stored (`audit`).
"""
