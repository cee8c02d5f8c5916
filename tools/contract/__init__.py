"""docs/test-contract.json: what a script needs to know of this product, taken from the product itself.

`python -m tools.contract` writes it (`make contract`). `journeys` holds the requests of a learner and of an office as
data; `surfaces` reads routes, settings and the demo's cast, `commands` the command line; `document` joins them.
"""
