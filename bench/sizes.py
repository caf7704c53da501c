"""How long and how large: SIZE=small, SIZE=full, and SIZE=smoke to see that it runs at all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What one run measures with."""

    name: str
    seconds: int  # of each measurement
    rounds: int  # yard-stick and measures in turn, so often
    scale: int  # of TPC-B; 100 is ten million accounts
    accounts: int  # of the ledger
    entries: int  # of the large books
    posts: int  # by which bytes are counted
    reads: int  # of each kind of balance a round
    calls: int  # of each HTTP client

    @property
    def told(self) -> str:
        """The number of entries of the large books, as people say it."""
        whole, unit = (self.entries // 1_000_000, "M") if self.entries >= 1_000_000 else (0, "k")
        return f"{whole or self.entries // 1_000} {unit}"


SIZES = {
    size.name: size
    for size in (
        Size(
            name="smoke",
            seconds=1,
            rounds=1,
            scale=1,
            accounts=200,
            entries=5_000,
            posts=100,
            reads=50,
            calls=5,
        ),
        Size(
            name="small",
            seconds=5,
            rounds=3,
            scale=100,
            accounts=10_000,
            entries=500_000,
            posts=10_000,
            reads=2_000,
            calls=60,
        ),
        Size(
            name="full",
            seconds=20,
            rounds=5,
            scale=100,
            accounts=10_000,
            entries=10_000_000,
            posts=20_000,
            reads=5_000,
            calls=500,
        ),
    )
}
