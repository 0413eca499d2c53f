"""The review page in a browser's tab, as a person uses it and as a witness watches it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request

_REFUSED = re.compile(r"^Failed to load resource: ")
"""What Chromium itself writes to the console for an answer of 4xx or 5xx, or none at all."""

APPROVE, REJECT, LATER, UNDO = "a", "r", "l", "u"


class Tab:
    """One tab on the review page.

    Attributes:
        page: Playwright's.
        errors: What the console said that it should not have, and scripts that failed.
        dialogs: Texts of native dialogs, which no script of ours opens.
        refused: Answers that were expected to be refusals; they are no errors.
    """

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self.requests: list[Request] = []
        self.refused = False
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 -- Playwright marks it
        self.page.on("dialog", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not (
            self.refused and _REFUSED.match(message.text)
        ):
            self.errors.append(message.text)

    def _asked(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    @property
    def strangers(self) -> list[str]:
        """Addresses off this machine that were asked for."""
        host = urlsplit(self.url).netloc
        return [
            request.url
            for request in self.requests
            if urlsplit(request.url).scheme not in {"data", "blob"}
            and urlsplit(request.url).netloc != host
        ]

    # -- going -------------------------------------------------------------

    def open(self, path: str = "/") -> Tab:
        """Open a page; the queue's with its first paper read in full."""
        self.page.goto(self.url + path)
        if path.partition("?")[0].partition("#")[0] == "/":
            self.settle()
        return self

    def settle(self) -> None:
        """Wait until everything that was decided here is sent, and read what is in focus."""
        self.page.locator("#sending[hidden]").wait_for(state="attached")
        read = "#entry .rendered > *:visible, #entry .source:visible, #end > *:visible"
        self.page.locator(read).first.wait_for()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, name: str, *, role: str = "button") -> None:
        """Click what a person sees under that name."""
        self.page.get_by_role(role, name=name, exact=True).click()

    # -- seeing ------------------------------------------------------------

    @property
    def title(self) -> str:
        """The paper in focus."""
        return self.page.locator("#title").inner_text()

    @property
    def arxiv_id(self) -> str:
        return urlsplit(self.page.url).fragment

    @property
    def progress(self) -> str:
        return self.page.locator("#progress-label").inner_text()

    @property
    def focused(self) -> str:
        """The id of what has the focus, "" for the page itself."""
        return self.page.evaluate("document.activeElement.id")

    @property
    def said(self) -> str:
        """What a screen reader was told last."""
        return self.page.locator("#said").inner_text()

    @property
    def notices(self) -> list[str]:
        return self.page.locator(".notice p").all_inner_texts()

    @property
    def rows(self) -> Locator:
        """The papers in the list."""
        return self.page.locator("#items .row")
