"""How messages are said: their templates, what is rendered of them, and how they are delivered.

What is said to whom, and when, is decided in `services/`.
"""
