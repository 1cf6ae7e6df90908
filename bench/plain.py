"""Stock aiosmtpd with a handler that discards messages, the baseline of all comparisons."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Nothing:
    """Handler that accepts and discards everything."""

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        """Discard the message."""
        return "250 OK"


async def main(port: int) -> None:
    """Serve until terminated."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Nothing(), loop=loop, data_size_limit=100 * 2**20, hostname="plain.example"), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
