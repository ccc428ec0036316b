"""The gallery: every message in every language, for two made-up tenants, as pictures in docs/gallery/.

`make gallery` makes it. The pages are made here, in `.venv`; `camera.py` takes the pictures, in `.venv-browser`.
"""
