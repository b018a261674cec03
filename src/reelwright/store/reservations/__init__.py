"""Reservations: what agreed orders hold in their budgets, also where several jobs want one order."""
