"""Take the README's screenshots from a running demo.

    python -m tests.browser.shoot http://127.0.0.1:8000 <the demo's credentials file>

Writes docs/images/, in the eyes of the first staff log-in of the file.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run")
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
SHOTS = {"home.png": "/admin/"}


def main(url: str, credentials: str) -> None:
    """Log in and take every shot."""
    login = json.loads(Path(credentials).read_text())["staff"][0]
    chromium = os.environ.get("PROBITY_CHROMIUM") or shutil.which("chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        page = browser.new_page(
            base_url=url, viewport={"width": 1440, "height": 900}, color_scheme="light"
        )
        page.goto("/admin/")
        page.get_by_label("Username").fill(login["username"])
        page.get_by_label("Password").fill(login["password"])
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("heading", name="Home", level=1).wait_for()
        for name, path in SHOTS.items():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=IMAGES / name)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
