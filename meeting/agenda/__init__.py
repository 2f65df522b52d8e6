"""Agenda files into agendas."""
