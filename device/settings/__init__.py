"""A box and its settings: the last good ones, those that its hall sends, and what it tells of them."""
