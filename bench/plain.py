"""aiosmtpd as it comes, with a handler that keeps nothing: what everything else is compared with."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Nothing:
    """Says yes to everything."""

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        """Keep nothing."""
        return "250 OK"


async def main(port: int) -> None:
    """Serve until ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Nothing(), loop=loop, data_size_limit=100 * 2**20, hostname="plain.example"), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
