// The page: the view's JSON in, sections out, in the order of a morning's questions.
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { nameDownloads } from "./card";
import { redrawCharts } from "./chart";
import { h } from "./dom";
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
  startTooltips();
  onThemeChange(() => redrawCharts());
  startPrinting(redrawCharts);
}

const json = document.getElementById("view")!.textContent!;
const view = JSON.parse(json) as DashboardView | string;
const place = document.getElementById("page")!;
// The page as it is built has a mark instead of a view.
if (typeof view === "string") place.textContent = "This page has no data: the program puts it in.";
else draw(view, json, place);
