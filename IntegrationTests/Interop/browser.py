"""Chromium without a window, for the suites that open the server's page."""

import base64
import io
import json
import shutil

from net001 import TIMEOUT_SECONDS
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.service import Service

OPTIONS = (
    "--headless=new", "--no-proxy-server", "--disable-dev-shm-usage", "--force-color-profile=srgb",
    # Root cannot use the sandbox, and containers have none. The browser opens only the page of the server under test.
    "--no-sandbox",
)  # fmt: skip
WIDE, PHONE = 1280, 390
HEIGHT = 900
PICTURE_COLOURS = 256

# Checks the condition at first and whenever the page changes, so that no time is lost and no state is missed.
WAIT = """
const done = arguments[arguments.length - 1];
const check = () => {
  const value = (() => { CONDITION })();
  if (value) { observer.disconnect(); done(value); }
};
const observer = new MutationObserver(check);
observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
check();
"""
# Each report draws the line of the first tile once.
REPORT = """
const done = arguments[0];
const observer = new MutationObserver(() => { observer.disconnect(); done(); });
observer.observe(document.querySelector("#tiles path:not(.area)"), { attributes: true, attributeFilter: ["d"] });
"""
ROWS = """
return [...document.querySelectorAll("#" + arguments[0] + " tbody tr")].map(row =>
  Object.fromEntries([...row.cells].map(cell => [cell.dataset.name, cell.textContent])));
"""


class Browser:
    """A browser with one page. With `keeps_requests`, ``requests()`` has the addresses that the page has requested."""

    def __init__(self, keeps_requests=False):
        programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
        if not all(programs):
            raise SystemExit("chromium and chromedriver are not installed: Scripts/install-dependencies --tests installs them")
        options = webdriver.ChromeOptions()
        options.binary_location = programs[0]
        for option in OPTIONS:
            options.add_argument(option)
        kept = {"browser": "ALL"} | ({"performance": "ALL"} if keeps_requests else {})
        options.set_capability("goog:loggingPrefs", kept)
        self.driver = webdriver.Chrome(options, Service(programs[1]))
        self.driver.set_script_timeout(TIMEOUT_SECONDS)
        self.driver.set_page_load_timeout(TIMEOUT_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, url):
        self.driver.get(url)

    def command(self, name, **parameters):
        """Sends a command of the DevTools protocol, and returns its answer."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def resize(self, width):
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=width <= PHONE
        )

    def prefer(self, scheme):
        """Makes the page light or dark."""
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def read(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def rows(self, table):
        """Returns the rows of a table: the texts of their cells by column."""
        return self.read(ROWS, table)

    def text(self, selector):
        return self.read("return document.querySelector(arguments[0]).textContent", selector)

    def wait(self, condition, *arguments):
        """Waits until the statements of `condition` return a value that is true, and returns that value.

        They are called at once and after each change of the page.
        """
        try:
            return self.driver.execute_async_script(WAIT.replace("CONDITION", condition), *arguments)
        except TimeoutException:
            text = self.read("return document.body.innerText")
            raise AssertionError(f"not within {TIMEOUT_SECONDS} s: {condition} {arguments}\n{text}") from None

    def wait_for_reports(self, count):
        """Waits until the page has drawn `count` reports of the server."""
        for _ in range(count):
            self.driver.execute_async_script(REPORT)

    def console(self):
        """Returns the errors and warnings of the page since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self):
        """Returns the addresses that the page has requested since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def save_picture(self, path):
        """Writes a picture of the whole page, in a palette of colours, so that the file is small."""
        size = self.command("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        picture = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            image.convert("RGB").quantize(PICTURE_COLOURS, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
