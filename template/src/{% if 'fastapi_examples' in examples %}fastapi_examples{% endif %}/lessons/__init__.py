"""Short programs around the shop: what goes wrong, and what is seen then.

`python -m src.fastapi_examples.lessons.lazy_loading` and the like run one;
what it prints is stored beside it.
"""
