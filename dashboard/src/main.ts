// The page: the view's JSON in, sections out, in the order of a morning's questions.
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { nameDownloads } from "./card";
import { h } from "./dom";
import { redrawPlots } from "./plots";
import { attribution, everyName } from "./sections/attribution";
import { calendar } from "./sections/calendar";
import { exposure } from "./sections/exposure";
import { footer, header, navigation } from "./sections/header";
import { metrics } from "./sections/metrics";
import { performance } from "./sections/performance";
import { distribution, rollingMeasures } from "./sections/statistics";
import { today } from "./sections/today";
import { trading } from "./sections/trading";
import { alerts, reconciliation, runs } from "./sections/watch";
import { onThemeChange, startPrinting } from "./theme";
import { TimeRange } from "./time_range";
import { startTooltips } from "./tooltip";
import type { DashboardView } from "./view";

function draw(view: DashboardView, json: string, place: HTMLElement): void {
  const range = new TimeRange(view.series.dates);
  document.title = `${view.header.account || "signalbus"}: ${view.header.title}${view.header.sessions > 0 ? `, ${view.header.last}` : ""}`;
  nameDownloads(`signalbus_${view.header.sessions > 0 ? view.header.last : "empty"}`);
  const sections = [
    today(view),
    exposure(view, range),
    trading(view),
    performance(view, range),
    calendar(view),
    rollingMeasures(view, range),
    distribution(view),
    metrics(view),
    attribution(view),
    everyName(view),
    reconciliation(view),
    alerts(view),
    runs(view),
  ];
  const titles = sections.map((one) => ({ id: one.id, title: one.querySelector("h2")!.textContent! }));
  place.replaceChildren(
    h("a", { class: "skip", href: "#today" }, "Skip to the numbers"),
    header(view, json),
    navigation(titles),
    h("main", {}, ...sections),
    footer(view),
  );
  markSections(place);
  startTooltips();
  onThemeChange(() => redrawPlots());
  startPrinting(redrawPlots);
}

/** The section that is read has its link marked. */
function markSections(place: HTMLElement): void {
  const links = new Map([...place.querySelectorAll("nav a")].map((link) => [link.getAttribute("href"), link]));
  const watcher = new IntersectionObserver(
    (entries) => {
      const entered = entries.find((entry) => entry.isIntersecting);
      if (!entered) return;
      for (const [target, link] of links) {
        if (target === `#${entered.target.id}`) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-20% 0px -75% 0px" },
  );
  for (const one of place.querySelectorAll("section")) watcher.observe(one);
}

// `script/dashboard dev` has no program around it, so it takes the view from a file.
const json = import.meta.env.DEV
  ? await (await fetch("/view.json")).text()
  : document.getElementById("view")!.textContent!;
const view = JSON.parse(json) as DashboardView | string;
const place = document.getElementById("page")!;
// The page as it is built has a mark instead of a view.
if (typeof view === "string") place.textContent = "This page has no data: the program puts it in.";
else draw(view, json, place);
