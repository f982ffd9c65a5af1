"""Looks at the page of the admin listener as an operator does: page.py CHROMIUM DRIVER open|token ADDRESS [TOKEN]"""

import json
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

ID = "110105188702280028"
HOSTILE = "<img src=x onerror=\"document.title='hit'\"><script>document.title='hit'</script>"


class Page:
    def __init__(self, chromium, driver, address):
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        # The test runs as root in CI, where Chromium has no sandbox.
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--accept-lang=en-US"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        self.address = address
        self.driver.get(address)

    def at(self, name):
        return self.driver.find_element(By.ID, name)

    def text(self, name):
        return self.at(name).get_attribute("textContent")

    def until(self, what, is_so):
        WebDriverWait(self.driver, 30).until(lambda _: is_so(), what)

    def requests(self):
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                yield message["params"]["request"]["url"]

    def attempt(self, route, headers, body, media_type="application/json"):
        """Tries a message, and waits for what comes of it."""
        self.at("clear").click()
        Select(self.at("route")).select_by_value(route)
        for name, text in [("headers", headers), ("body", body), ("type", media_type)]:
            self.at(name).clear()
            self.at(name).send_keys(text)
        self.at("body").send_keys(Keys.CONTROL, Keys.ENTER)
        done = lambda: self.at("verdict").get_attribute("data-state") != "wait"
        self.until("what comes of it", lambda: self.at("verdict").is_displayed() and done())
        return self.text("verdict")


def looks_around(page):
    page.until("the page is there", lambda: page.at("all").is_displayed())
    page.until("it has a rate", lambda: page.text("rate-sent") != "–")
    assert page.text("status") == "Ready", page.text("status")
    routes = page.at("routes").text
    assert "sms" in routes and "partner" in routes and "critical" in routes, routes
    cells = page.driver.find_elements(By.CSS_SELECTOR, "#routes tr[data-name=sms] td")
    assert [cell.text for cell in cells[4:]] == ["3", "0", "0"], [cell.text for cell in cells]
    blocks = page.text("blocks")
    assert "415" in blocks and "partner" in blocks and "header content-type" in blocks, blocks
    phases = page.text("phases")
    assert "µs" in phases or "ms" in phases, phases


def speaks(page):
    html = page.driver.find_element(By.TAG_NAME, "html")
    assert html.get_attribute("lang") == "en"
    page.at("zh").send_keys(Keys.ENTER)
    assert html.get_attribute("lang") == "zh-CN"
    assert page.text("status") == "就绪" and "路由" in page.driver.find_element(By.TAG_NAME, "main").text
    assert page.at("zh").get_attribute("aria-pressed") == "true"
    for element in page.driver.find_elements(By.CSS_SELECTOR, "[data-t]"):
        text = element.get_attribute("textContent")
        assert not text.isascii(), f"{text!r} has no Chinese"
    page.at("en").click()
    assert page.text("status") == "Ready"
    for field in page.driver.find_elements(By.CSS_SELECTOR, "input, select, textarea"):
        name = field.get_attribute("id")
        assert page.driver.find_elements(By.CSS_SELECTOR, f"label[for={name}]"), f"{name} has no label"


def tries(page):
    body = json.dumps({"mobile": "13800138000", "content": f"您的身份证{ID}已登记"}, ensure_ascii=False)
    assert page.attempt("sms", "", body) == "Leaves masked"
    assert page.text("output") == body.replace(ID, "1****************8"), page.text("output")
    found = page.text("findings")
    assert "resident_id" in found and "$.content" in found and "where it goes: passes" in found, found
    assert page.attempt("partner", f"X-Customer-Id: {ID}", "{}") == "Stopped, 422"
    assert "header x-customer-id" in page.text("reason") and not page.at("leaves").is_displayed()
    assert "stops it" in page.text("findings")
    assert page.attempt("partner", "", "{\"price\": 10.50}") == "Leaves as it is"
    # Whoever writes a message writes what he likes, in names of fields too.
    hostile = json.dumps({HOSTILE: f"身份证{ID}", "note": HOSTILE}, ensure_ascii=False)
    assert page.attempt("partner", "", hostile) == "Leaves masked"
    assert "<img src=x onerror=" in page.text("output") and "<script>" in page.text("output")
    assert '$["#1"]' in page.text("findings"), page.text("findings")
    assert "No result" in page.attempt("partner", "<b>: 1", "{}")
    assert page.attempt("partner", f"X-A: {HOSTILE}", "{}") == "Leaves as it is"
    assert not page.driver.find_elements(By.CSS_SELECTOR, "img, #result script, #result b b")
    assert page.driver.title == "pii-proxy", page.driver.title
    page.at("clear").click()
    assert page.at("body").get_attribute("value") == "" and page.text("output") == ""


def fits(page):
    for width in [360, 720, 1280]:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        wide = page.driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} at {width}"


def asks_for_the_token(page, token):
    page.until("it asks", lambda: page.at("login").is_displayed())
    assert not page.at("all").is_displayed() and page.text("routes").count("sms") == 0
    page.at("token").send_keys("another", Keys.ENTER)
    page.until("it denies", lambda: page.at("denied").is_displayed())
    page.at("token").send_keys(token, Keys.ENTER)
    page.until("it opens", lambda: page.at("all").is_displayed())
    assert "sms" in page.text("routes")
    kept = page.driver.execute_script("return document.cookie + JSON.stringify({...localStorage, ...sessionStorage})")
    assert kept == "{}" and token not in page.driver.current_url, kept
    page.driver.refresh()
    page.until("it asks again", lambda: page.at("login").is_displayed())


def is_quiet(page, allowed=()):
    told = [entry for entry in page.driver.get_log("browser") if not any(word in entry["message"] for word in allowed)]
    assert not told, told
    foreign = [url for url in page.requests() if not url.startswith(page.address)]
    assert not foreign, foreign


def main():
    chromium, driver, what, address, *more = sys.argv[1:]
    page = Page(chromium, driver, address)
    try:
        if what == "token":
            asks_for_the_token(page, *more)
            # A browser tells of each answer that is none, such as the 401 that makes the page ask.
            is_quiet(page, ["401"])
        else:
            looks_around(page)
            speaks(page)
            tries(page)
            fits(page)
            # As above: the header that is none is answered 400.
            is_quiet(page, ["/try - Failed to load resource: the server responded with a status of 400"])
    finally:
        page.driver.quit()


main()
