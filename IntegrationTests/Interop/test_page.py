"""Opens the page of the metrics port in Chromium, and checks what an operator sees and can do.

    python3 IntegrationTests/Interop/test_page.py PATH-OF-NET001 [unittest options]

With the variable PICTURES=FOLDER, `Layout` first waits until the page has a minute of traffic, and then saves pictures of the page
to the folder. `Scripts/install-dependencies --tests` installs Chromium; `IntegrationTests/Interop/environment` prints a Python that
has Selenium.
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import tempfile
import unittest

import command
from browser import PHONE, WIDE, Browser
from command import metrics_port, server
from net001 import *  # noqa: F403
from ports import unused_port
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from test_metrics import get, scrape

PICTURES = os.environ.get("PICTURES")
PICTURE_REPORTS = 60
SMALLEST_CONTRAST = 4.5
ORDERS = ("pending", "rate", "age")
LOAD_SECONDS = 600
LOAD_RATE = 400
RATE_TOLERANCE = 0.15
MARKUP = "<img src=x onerror=\"document.title='x'\">&amp;"
LONG_NAME = "long_name_" * 25
UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

# Returns the texts whose contrast with what is behind them is too small: their colours with the contrast of WCAG 2.
CONTRASTS = """
const channels = text => text.match(/[\\d.]+/g).map(Number);
const luminance = colour => {
  const [r, g, b] = channels(colour).map(value => value / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const isClear = colour => channels(colour)[3] === 0;
const behind = node => {
  while (node && isClear(getComputedStyle(node).backgroundColor)) node = node.parentElement;
  return node ? getComputedStyle(node).backgroundColor : "rgb(255, 255, 255)";
};
const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !node.getClientRects().length || node.closest("script, style")) continue;
  const text = getComputedStyle(node).color, back = behind(node);
  const [low, high] = [luminance(text), luminance(back)].sort((a, b) => a - b);
  const contrast = (high + 0.05) / (low + 0.05);
  if (contrast < arguments[0]) found.add(`${text} on ${back}: ${contrast.toFixed(2)}: ${walker.currentNode.data.trim()}`);
}
return [...found];
"""

# Returns the elements that are wider than the window.
WIDER = """
return [...document.querySelectorAll("body *")].filter(node => node.getBoundingClientRect().right > innerWidth + 1)
  .filter(node => !node.closest("svg, thead")).map(node => node.outerHTML.slice(0, 120));
"""

browser = None


def setUpModule():
    global browser
    browser = Browser(keeps_requests=True)
    unittest.addModuleCleanup(browser.driver.quit)


def save_picture(width, *names):
    if PICTURES and width in (WIDE, PHONE):
        pathlib.Path(PICTURES).mkdir(parents=True, exist_ok=True)
        browser.save_picture(pathlib.Path(PICTURES) / f"{'-'.join((str(width), *names))}.png")


def amount(text):
    """Returns the number of bytes that a text of the page states."""
    number, unit = re.match(r"([\d.]+) (\w+)", text).groups()
    return float(number) * UNITS[unit]


class Page(unittest.TestCase):
    """Starts a server, and opens its page."""

    options = ()
    # Parts of the messages in the console, and of addresses, that a test expects.
    expected_messages = ()
    expected_requests = ()

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.port, self.process = self.stack.enter_context(server("--metrics-port", str(unused_port()), *self.options))
        self.admin = metrics_port(self.process)
        browser.resize(WIDE)
        browser.prefer("light")
        self.addCleanup(self.leave)
        self.open()

    def open(self):
        browser.open(f"http://127.0.0.1:{self.admin}/")
        # A server takes its first sample up to a second after its start.
        browser.wait(
            "return document.getElementById('state').textContent === 'ready'"
            " && !document.querySelector('.tile dd').textContent.startsWith('–')"
        )

    def leave(self):
        """Closes the page, and checks that it has had no error, and has requested nothing of another server."""
        browser.open("about:blank")
        allowed = (f"http://127.0.0.1:{self.admin}/", "data:", "about:", *self.expected_requests)
        self.assertEqual([url for url in browser.requests() if not url.startswith(allowed)], [])
        unexpected = [text for text in browser.console() if not any(part in text for part in self.expected_messages)]
        self.assertEqual(unexpected, [])

    def peer(self, user=None, **options):
        peer = self.stack.enter_context(Peer(self.port, **options))
        if user:
            peer.send(auth(user, "token"))
            self.assertEqual(peer.receive()[0], AUTH_REPLY)
        return peer

    def deaf_peer(self, user):
        """Returns a peer that has requested more than it reads, so that output is pending."""
        peer = self.peer(user)
        peer.socket.settimeout(1)
        with contextlib.suppress(TimeoutError):
            while True:
                peer.send(frame(ECHO, b"x" * 60_000))
        return peer

    def load(self, *options, **environment):
        """Starts `net001 load`, which runs until the end of the test."""
        load = subprocess.Popen(
            [command.PATH, "load", "--port", str(self.port), "--duration", str(LOAD_SECONDS), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=command.variables(environment),
        )

        def stop():
            load.kill()
            load.wait()

        self.stack.callback(stop)

    def endpoint(self, query=""):
        """Returns what `/connections` says."""
        status, text, _ = get(self.admin, "/connections" + query)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def tile(self, title):
        return browser.read(
            "return [...document.querySelectorAll('.tile')].find(tile => tile.querySelector('dt').textContent === arguments[0])"
            ".querySelector('dd').textContent",
            title,
        )

    def expect_fit(self):
        """Checks that the page is as wide as the window, and that its texts can be read."""
        hidden = browser.read("const page = document.documentElement; return page.scrollWidth - page.clientWidth")
        self.assertEqual(hidden, 0, browser.read(WIDER))
        self.assertEqual(browser.read(CONTRASTS, SMALLEST_CONTRAST), [])

    def wait_for_rows(self, table, column, values):
        """Waits until the cells of a column have these texts, from the first row on."""
        browser.wait(
            """
            const [table, column, values] = arguments;
            const cells = document.querySelectorAll(`#${table} tbody td[data-name="${column}"]`);
            return JSON.stringify([...cells].map(cell => cell.textContent)) === JSON.stringify(values);
            """,
            table,
            column,
            values,
        )


class Numbers(Page):
    def test_are_empty_at_first(self):
        texts = {part: browser.text("#no-" + part) for part in ("messages", "faults", "connections", "closed")}
        shown = browser.read("return [...document.querySelectorAll('table')].filter(table => table.offsetParent).length")
        self.assertEqual(shown, 0)
        self.assertTrue(all(texts.values()), texts)
        self.assertEqual(self.tile("Connections"), "0 of 1000")
        self.assertEqual(browser.text("h1"), "net001")
        self.assertIn(f"process {self.process.pid}", browser.text("#about"))

    def test_are_those_of_the_endpoint(self):
        ada, bob = self.peer("ada", source="127.0.0.2"), self.peer("bob", source="127.0.0.3")
        stranger = self.peer()
        ada.send(ping() * 10)
        for _ in range(10):
            ada.receive()
        bob.send(frame(ECHO, b"x" * 100))
        bob.receive()
        stranger.send(frame(PING, struct.pack(">Q", 0), checksum=1))
        stranger.error()
        self.wait_for_rows("faults", "in total", ["1"])
        browser.wait_for_reports(2)
        rows = {row["peer"]: row for row in browser.rows("connections")}
        listed = self.endpoint()["connections"]
        self.assertEqual(set(rows), {connection["peer"] for connection in listed})
        for connection in listed:
            row = rows[connection["peer"]]
            self.assertEqual(
                [row[name] for name in ("user", "messages", "bytes in", "bytes out", "pending", "last fault")],
                [
                    connection.get("user", "–"), str(connection["messages"]), f"{connection['bytes_in']} B",
                    f"{connection['bytes_out']} B", "0 B", connection.get("last_error", "–"),
                ],
            )  # fmt: skip
        samples = scrape(self.admin)
        self.assertEqual(samples["switchboard_connections"], 3)
        self.assertEqual(self.tile("Connections"), "3 of 1000")
        (fault,) = browser.rows("faults")
        self.assertEqual(samples[f'switchboard_faults_total{{fault="{fault["fault or refusal"]}"}}'], 1)
        self.assertTrue(fault["meaning"])
        memory = samples["process_resident_memory_bytes"]
        self.assertAlmostEqual(amount(self.tile("Memory")), memory, delta=memory / 4)
        self.assertAlmostEqual(int(self.tile("File descriptors").split()[0]), samples["process_open_fds"], delta=4)

    def test_are_the_rates_of_a_load(self):
        self.load("--connections", "4", "--rate", str(LOAD_RATE))
        browser.wait(
            """
            const cell = document.querySelector("#messages tbody td[data-name='in /s']");
            return cell && Math.abs(Number(cell.textContent) / arguments[0] - 1) < arguments[1];
            """,
            LOAD_RATE,
            RATE_TOLERANCE,
        )
        browser.wait_for_reports(3)
        sizes = {row["message"]: (row["bytes in /s"], row["bytes out /s"]) for row in browser.rows("messages")}
        for tile in ("Messages in", "Messages out"):
            self.assertAlmostEqual(float(self.tile(tile).removesuffix("/s")), LOAD_RATE, delta=LOAD_RATE * RATE_TOLERANCE)
        for text in (self.tile("Bytes in"), self.tile("Bytes out"), sizes["Ping"][0], sizes["Pong"][1]):
            self.assertAlmostEqual(amount(text) / len(ping()), LOAD_RATE, delta=LOAD_RATE * RATE_TOLERANCE)
        rows = {row["message"]: row for row in browser.rows("messages")}
        self.assertRegex(rows["Ping"]["p50"], r"^≤ [\d.]+ (µs|ms|s)$")
        self.assertRegex(self.tile("Event loop lag, p99"), r"^≤ [\d.]+ (µs|ms|s)")

    def test_change_in_rows_that_stay(self):
        self.load("--connections", "20", "--rate", "200")
        for code, options in ((0x77, {}), (PING, {"checksum": 1}), (PING, {"version": 9}), (PING, {"magic": 1})):
            peer = self.peer()
            peer.send(frame(code, **options))
            peer.error()
            peer.socket.close()
        for table, count in {"messages": 4, "faults": 4, "connections": 20, "closed": 4}.items():
            browser.wait(
                "return document.querySelectorAll(`#${arguments[0]} tbody tr`).length === arguments[1]", table, count
            )
        browser.read(
            """
            window.moved = [];
            new MutationObserver(records => moved.push(...records.map(record => record.target.outerHTML)))
              .observe(document.querySelector("main"), { subtree: true, childList: true });
            """
        )
        before = browser.rows("connections")
        browser.wait_for_reports(4)
        # The page replaces the texts of the header as a whole.
        self.assertEqual([html for html in browser.read("return moved") if "<t" in html], [])
        self.assertNotEqual(browser.rows("connections"), before)

class Connections(Page):
    def test_are_sorted_by_each_order(self):
        old = self.peer("old")
        browser.wait_for_reports(2)
        busy = self.peer("busy")
        busy.send(ping() * 5000)
        for _ in range(5000):
            busy.receive()
        self.deaf_peer("deaf")
        first = {"pending": "deaf", "rate": "busy", "age": "old"}
        for order in ORDERS:
            with self.subTest(order):
                browser.read("document.querySelector(`[data-order=${arguments[0]}]`).click()", order)
                browser.wait(
                    """
                    const [order, first] = arguments, cell = document.querySelector("#connections tbody td[data-name=user]");
                    const pressed = [...document.querySelectorAll("#orders [aria-pressed=true]")].map(button => button.dataset.order);
                    return String(pressed) === order && cell.textContent === first;
                    """,
                    order,
                    first[order],
                )
                listed = [connection["user"] for connection in self.endpoint(f"?sort={order}")["connections"]]
                self.wait_for_rows("connections", "user", listed)
        pending = max(connection["pending_output"] for connection in self.endpoint()["connections"])
        shown = max(amount(row["pending"]) for row in browser.rows("connections"))
        self.assertAlmostEqual(shown, pending, delta=pending / 20)
        old.expect_alive()

    def test_are_filtered_by_user_and_address(self):
        for number, user in enumerate(("alice", "alina", "bob", None)):
            self.peer(user, source=f"127.0.7.{number + 1}")
        self.wait_for_rows("connections", "user", ["alice", "alina", "bob", "–"])
        self.assertEqual(browser.text("#count"), "4")
        field = browser.driver.find_element("id", "filter")
        for text, users in [("ali", ["alice", "alina"]), ("127.0.7.3", ["bob"]), ("nobody", []), (" ", ["alice", "alina", "bob", "–"])]:
            with self.subTest(text):
                field.send_keys(Keys.CONTROL, "a")
                field.send_keys(text)
                self.wait_for_rows("connections", "user", users)
                self.assertEqual(browser.text("#count"), "4" if len(users) == 4 else f"{len(users)} of 4")
                self.assertEqual(self.tile("Connections"), "4 of 1000")

    def test_are_limited_in_number_and_the_counts_are_not(self):
        for _ in range(210):
            self.peer()
        browser.wait("return document.getElementById('count').textContent === '200 of 210'")
        self.assertEqual(len(browser.rows("connections")), 200)
        self.assertEqual(self.tile("Connections"), "210 of 1000")

    def test_that_closed_are_shown_with_their_reasons(self):
        leaver, wrong = self.peer("leaver"), self.peer("wrong")
        leaver.socket.close()
        self.wait_for_rows("closed", "user", ["leaver"])
        wrong.send(frame(PING, magic=1))
        wrong.error()
        wrong.expect_end()
        self.wait_for_rows("closed", "user", ["wrong", "leaver"])
        self.assertEqual(
            [(row["peer"], row["reason"]) for row in browser.rows("closed")],
            [(closed["connection"]["peer"], closed["reason"]) for closed in self.endpoint()["closed"]],
        )
        self.assertEqual([row["reason"] for row in browser.rows("closed")], ["invalidMagic", "endOfStream"])

    def test_of_users_with_markup_in_their_names_show_it_as_text(self):
        self.peer(MARKUP)
        self.wait_for_rows("connections", "user", [MARKUP])
        self.assertEqual(browser.read("return document.images.length"), 0)
        self.assertEqual(browser.read("return document.title"), "net001")

    def test_of_users_with_long_names_show_the_beginning(self):
        self.peer(LONG_NAME)
        self.wait_for_rows("connections", "user", [LONG_NAME[:79] + "…"])
        self.assertEqual(browser.read("return document.querySelector('td[data-name=user]').title"), LONG_NAME)


class Life(Page):
    options = ("--drain-timeout", str(TIMEOUT_SECONDS))
    # The browser reports that the connection of the stopped server has ended, and each attempt to connect again.
    expected_messages = ("net::ERR_",)

    def wait_for_state(self, state):
        browser.wait("return document.getElementById('state').textContent === arguments[0]", state)

    def test_shows_a_drain_and_the_next_server(self):
        pid = self.process.pid
        busy = self.peer("busy")
        for _ in range(100):
            busy.send(ping() * 256)
            busy.read(len(ping()) * 256)
        busy.socket.close()
        peer = self.deaf_peer("deaf")
        # The first report of the page has the messages of the server that stops.
        self.open()
        self.wait_for_rows("connections", "user", ["deaf"])
        self.process.send_signal(signal.SIGTERM)
        self.wait_for_state("draining")
        self.assertEqual(get(self.admin, "/readyz")[0], 503)
        self.assertEqual([row["user"] for row in browser.rows("connections")], ["deaf"])
        peer.socket.close()
        self.wait_for_state("disconnected")
        self.assertIn("tries to connect again", browser.text("#problem"))
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)

        self.port, process = self.stack.enter_context(server("--metrics-port", str(self.admin)))
        self.wait_for_state("ready")
        self.assertEqual(browser.text("#problem"), "")
        self.assertNotEqual(process.pid, pid)
        self.assertIn(f"process {process.pid}", browser.text("#about"))
        # The numbers of the server that has stopped are gone.
        self.assertEqual(self.tile("Connections"), "0 of 1000")
        self.assertEqual(browser.rows("messages"), [])
        self.assertEqual(browser.rows("closed"), [])
        with Peer(self.port) as other:
            other.send(ping() * 1000)
            for _ in range(1000):
                other.receive()
            self.wait_for_rows("connections", "messages", ["1000"])
            browser.wait_for_reports(2)
            rows = {row["message"]: row for row in browser.rows("messages")}
            self.assertRegex(rows["Ping"]["p99"], "^≤ ")


class Keyboard(Page):
    def press(self, *keys):
        ActionChains(browser.driver).send_keys(*keys).perform()

    def focus(self):
        """Returns the name of the focused element, after checking that the focus is visible."""
        name, outline = browser.read(
            "const node = document.activeElement; return [node.dataset.order || node.id, getComputedStyle(node).outlineStyle]"
        )
        if name:
            self.assertNotEqual(outline, "none", name)
        return name

    def test_reaches_the_orders_and_the_filter(self):
        self.peer("alice")
        self.peer("bob")
        self.wait_for_rows("connections", "user", ["alice", "bob"])
        reached = []
        while "filter" not in reached and len(reached) < 20:
            self.press(Keys.TAB)
            reached.append(self.focus())
            if reached[-1] == "age":
                self.press(Keys.SPACE)
                browser.wait("return document.querySelector('[data-order=age]').getAttribute('aria-pressed') === 'true'")
        self.assertEqual([name for name in reached if name in (*ORDERS, "filter")], [*ORDERS, "filter"])
        self.press("bob")
        self.wait_for_rows("connections", "user", ["bob"])
        self.press(Keys.BACKSPACE * 3)
        self.wait_for_rows("connections", "user", ["alice", "bob"])


class Policy(Page):
    expected_messages = ("Content Security Policy", "net::ERR_BLOCKED_BY_CSP")
    expected_requests = ("http://127.0.0.1:1/",)

    def violation(self, statements):
        """Returns the directive that the browser enforces against `statements`."""
        return browser.driver.execute_async_script(
            f"""
            const done = arguments[arguments.length - 1];
            document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective), {{ once: true }});
            {statements}
            """
        )

    def test_blocks_what_is_not_of_the_page(self):
        for directive, statements in [
            ("script-src-elem", "const node = document.createElement('script'); node.text = 'window.isRun = true'; document.body.append(node);"),
            ("script-src-attr", "document.querySelector('h1').setAttribute('onclick', 'window.isRun = true'); document.querySelector('h1').click();"),
            ("script-src-elem", "const node = document.createElement('script'); node.src = 'http://127.0.0.1:1/'; document.body.append(node);"),
            ("style-src-elem", "const node = document.createElement('style'); node.textContent = 'h1 {}'; document.head.append(node);"),
            ("img-src", "new Image().src = 'http://127.0.0.1:1/';"),
            ("connect-src", "fetch('http://127.0.0.1:1/').catch(() => {});"),
            ("frame-src", "const node = document.createElement('iframe'); node.src = '/metrics'; document.body.append(node);"),
            ("form-action", "const node = document.createElement('form'); document.body.append(node); node.submit();"),
        ]:  # fmt: skip
            with self.subTest(directive=directive):
                self.assertEqual(self.violation(statements), directive)
        self.assertIsNone(browser.read("return window.isRun ?? null"))


class Layout(Page):
    options = ("--idle-timeout", "0")

    def setUp(self):
        super().setUp()
        news = self.peer("news", source="127.0.7.3")
        news.send(frame(BROADCAST, b"news"))
        news.expect_alive()
        token = {"NET001_TOKEN": "token"}
        self.load("--connections", "6", "--rate", "1200", "--user", "sensors", **token)
        self.load("--connections", "2", "--rate", "150", "--message", "echo", "--size", "1500", "--user", "alice", **token)
        self.peer(LONG_NAME, source="127.0.7.1")
        self.peer(MARKUP, source="127.0.7.2")
        for code in (PING, 0x77):
            wrong = self.peer("bob")
            wrong.send(frame(code, checksum=1) if code == PING else frame(code))
            wrong.error()
            wrong.socket.close()
        stranger = self.peer()
        stranger.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        stranger.error()
        stranger.expect_end()
        for user in ("carol", "dave"):
            self.peer(user).socket.close()
        browser.wait_for_reports(PICTURE_REPORTS if PICTURES else 0)
        self.deaf_peer("deaf")
        browser.wait("return document.querySelectorAll('#connections tbody tr').length >= 12")
        browser.wait("return document.querySelectorAll('#closed tbody tr').length >= 5")
        browser.wait_for_reports(3)

    def test_large_numbers_have_three_digits_and_a_unit(self):
        numbers = browser.read("return [0, 9999, 12345, 100000, 150000, 250000, 1e8].map(shortNumber)")
        self.assertEqual(numbers, ["0", "9999", "12.3k", "100k", "150k", "250k", "100M"])

    def test_fits_each_window_and_can_be_read_in_each_scheme(self):
        backgrounds = set()
        for scheme in ("light", "dark"):
            browser.prefer(scheme)
            backgrounds.add(browser.read("return getComputedStyle(document.body).backgroundColor"))
            for width in (WIDE, 768, PHONE, 320):
                with self.subTest(scheme=scheme, width=width):
                    browser.resize(width)
                    browser.wait_for_reports(1)
                    save_picture(width, scheme)
                    self.expect_fit()
        self.assertEqual(len(backgrounds), 2)


class Acting(Page):
    """The buttons of a server with an admin token."""

    TOKEN = "a-token-of-this-test"
    # The browser reports each wrong token, and the end of the server.
    expected_messages = ("status of 401", "net::ERR_")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "token"
        path.touch(0o600)
        path.write_text(self.TOKEN)
        self.options = ("--admin-token-file", str(path), "--drain-timeout", str(TIMEOUT_SECONDS))
        super().setUp()

    def click(self, selector):
        browser.wait("return document.querySelector(arguments[0])", selector)
        browser.driver.find_element("css selector", selector).click()

    def click_of(self, user, action):
        """Presses a button of the first connection of a user."""
        browser.wait(
            """
            const [user, action] = arguments;
            const cells = [...document.querySelectorAll("#connections td[data-name=user]")];
            const cell = cells.find(cell => cell.textContent === user);
            const button = cell && cell.parentElement.querySelector(`[data-action=${action}]`);
            if (button) button.click();
            return Boolean(button);
            """,
            user,
            action,
        )

    def wait_for_dialog(self, name, is_open=True):
        browser.wait("return document.getElementById(arguments[0] + '-dialog').open === arguments[1]", name, is_open)

    def give(self, token):
        self.wait_for_dialog("token")
        ActionChains(browser.driver).send_keys(token, Keys.ENTER).perform()

    def wait_for_result(self, text):
        browser.wait("return document.getElementById('result').textContent === arguments[0]", text)

    def test_closes_one_connection_after_a_wrong_and_a_right_token(self):
        alice, bob = self.peer("alice"), self.peer("bob")
        self.click_of("bob", "close")
        self.give("a-token-that-is-wrong")
        browser.wait("return document.getElementById('token-problem').textContent")
        bob.expect_alive()
        self.give(self.TOKEN)
        self.wait_for_result("Closed 1 connection.")
        bob.expect_end()
        self.wait_for_rows("connections", "user", ["alice"])
        self.wait_for_rows("closed", "user", ["bob"])
        self.assertEqual(browser.rows("closed")[0]["reason"], self.endpoint()["closed"][0]["reason"])
        alice.expect_alive()

    def test_closes_all_connections_of_a_user_whose_name_has_markup(self):
        others = [self.peer(MARKUP) for _ in range(2)]
        alice = self.peer("alice")
        self.click_of(MARKUP, "close-user")
        self.give(self.TOKEN)
        self.wait_for_result("Closed 2 connections.")
        for peer in others:
            peer.expect_end()
        # The page does not ask for the token again.
        self.click_of("alice", "close")
        self.wait_for_result("Closed 1 connection.")
        alice.expect_end()

    def test_drains(self):
        peer = self.deaf_peer("deaf")
        self.click("[data-action=drain]")
        self.wait_for_dialog("drain")
        self.click("[data-action=confirm-drain]")
        self.give(self.TOKEN)
        self.wait_for_result("The server drains.")
        browser.wait("return document.getElementById('state').textContent === 'draining'")
        peer.socket.close()
        browser.wait("return document.getElementById('state').textContent === 'disconnected'")
        self.assertEqual(self.process.wait(timeout=TIMEOUT_SECONDS), 0)

    def test_does_nothing_after_the_dialogs_are_left(self):
        peer = self.peer("alice")
        for name, selector in (("token", "#connections [data-action=close]"), ("drain", "[data-action=drain]")):
            self.click(selector)
            self.wait_for_dialog(name)
            ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
            self.wait_for_dialog(name, is_open=False)
        browser.wait_for_reports(2)
        self.assertEqual((browser.text("#state"), browser.text("#result")), ("ready", ""))
        peer.expect_alive()
        self.assertEqual([url for url in browser.requests() if "close" in url or "drain" in url], [])

    def test_keeps_the_token_only_until_the_page_is_left(self):
        self.peer("alice")
        self.peer("bob")
        self.click_of("alice", "close")
        self.give(self.TOKEN)
        self.wait_for_result("Closed 1 connection.")
        stored = browser.read("return [localStorage.length, sessionStorage.length, document.cookie]")
        self.assertEqual(stored, [0, 0, ""])
        self.assertNotIn(self.TOKEN, browser.read("return document.documentElement.outerHTML"))
        self.open()
        self.click_of("bob", "close")
        self.wait_for_dialog("token")

    def test_keeps_the_focus_on_a_button_while_the_page_changes(self):
        self.peer("alice")
        browser.wait("return document.querySelector('#connections [data-action=close]')")
        browser.read("document.querySelector('#connections [data-action=close]').focus()")
        browser.wait_for_reports(3)
        self.assertEqual(browser.read("return document.activeElement.dataset.action ?? null"), "close")
        ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
        self.wait_for_dialog("token")

    def test_fits_each_window_and_can_be_read_in_each_scheme(self):
        self.peer(LONG_NAME)
        self.peer("alice", source="127.0.7.1")
        self.wait_for_rows("connections", "peer", [item["peer"] for item in self.endpoint()["connections"]])
        for scheme in ("light", "dark"):
            browser.prefer(scheme)
            for width in (WIDE, 768, PHONE, 320):
                for name in (None, "token", "drain"):
                    with self.subTest(scheme=scheme, width=width, dialog=name):
                        browser.resize(width)
                        if name:
                            browser.read("document.getElementById(arguments[0] + '-dialog').showModal()", name)
                        browser.wait_for_reports(1)
                        save_picture(width, scheme, name or "buttons")
                        self.expect_fit()
                        if name:
                            browser.read("document.getElementById(arguments[0] + '-dialog').close()", name)

    def test_has_no_buttons_without_a_token_file(self):
        with server("--metrics-port", "0") as (port, process), Peer(port):
            browser.open(f"http://127.0.0.1:{metrics_port(process)}/")
            browser.wait("return document.querySelector('#connections tbody tr')")
            buttons = browser.read(
                "return [...document.querySelectorAll('[data-action]')].filter(button => button.offsetParent).length"
            )
            self.assertEqual(buttons, 0)
            self.expected_requests = (f"http://127.0.0.1:{metrics_port(process)}/",)
            browser.open("about:blank")


if __name__ == "__main__":
    command.main(__doc__)
