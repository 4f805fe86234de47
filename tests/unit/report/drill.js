// What a reader does, step by step: choose a name, wait for what comes, read it. Gives the findings of a computer as they are shown.
(async ([units, device]) => {
  const until = async (what) => {
    for (let i = 0; i < 6000; i++) {
      const found = what();
      if (found) return found;
      await new Promise((go) => setTimeout(go, 5));
    }
    throw new Error("nothing came: " + what);
  };
  const link = (at) => document.querySelector(`#explorer [data-unit="${at}"]`);
  location.hash = "#u" + units[0];
  for (const [depth, at] of units.entries()) {
    if (depth) {
      // The unit may stand on a later page of the list.
      const next = () => [...document.querySelectorAll("#explorer .pager button")].find((button) => !button.disabled && button === button.parentElement.lastChild);
      (await until(() => link(at) || (next() && next().click()))).click();
    }
    // The page answers a new address a moment later: until then, what stands there belongs to the unit before.
    await until(() => document.getElementById("explorer").dataset.at === String(at));
  }
  const input = await until(() => document.querySelector("#computers input[type=search]"));
  input.value = device;
  input.dispatchEvent(new Event("input"));
  (await until(() => [...document.querySelectorAll("#computers [data-device]")].find((one) => one.textContent === device))).click();
  await until(() => document.querySelector("#device h3")?.textContent === device);
  return [...document.querySelectorAll("#device details.finding")].map((one) => ({
    category: one.querySelector("summary .strong").textContent,
    facts: [...one.querySelectorAll("dl.facts:not(.words) dd")].map((dd) => dd.textContent),
    evidence: [...one.querySelectorAll("table.evidence tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
  }));
})
