"""What the keys of home do: one idea a file, each a `Deck` with a few actions; `Home` is all of them."""
