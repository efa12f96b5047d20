// Charts: drawn by ECharts once they come into sight, in the colours of the page; the figures stand in a table below each.

const PALETTE = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = new Map();
let library = null;

const tones = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { of, ink: of("--tblr-secondary"), line: of("--tblr-border-color"), ground: of("--tblr-bg-surface"), body: of("--tblr-body-color"), colours: PALETTE.map(of) };
};
const short = (value) => {
  const size = Math.abs(value);
  if (document.documentElement.lang.startsWith("zh")) {
    if (size >= 1e8) return `${+(value / 1e8).toFixed(1)}亿`;
    return size >= 1e4 ? `${+(value / 1e4).toFixed(1)}万` : `${+value.toFixed(2)}`;
  }
  if (size >= 1e6) return `${+(value / 1e6).toFixed(1)}M`;
  return size >= 1e4 ? `${+(value / 1e3).toFixed(1)}k` : `${+value.toFixed(2)}`;
};
const whole = (value, currency) => {
  const digits = currency ? 2 : 0;
  return currency + new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: 2 }).format(value);
};

const axes = (data, tone, flat) => {
  const label = { color: tone.ink, fontSize: 12, fontFamily: "inherit" };
  const names = { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: tone.line } }, axisLabel: { ...label, hideOverlap: true, interval: flat ? 0 : Math.ceil(data.labels.length / 8) - 1, ...(flat ? { width: 120, overflow: "truncate" } : {}) }, inverse: flat };
  const second = data.series.some((one) => one.second);
  const figures = (money) => ({ type: "value", axisLabel: { ...label, formatter: (value) => (money ? data.currency : "") + short(value) }, splitLine: { lineStyle: { color: tone.line, opacity: 0.7 } }, splitNumber: 4 });
  const sides = second ? [figures(true), { ...figures(false), splitLine: { show: false } }] : [figures(true)];
  return flat ? { yAxis: names, xAxis: sides[0] } : { xAxis: names, yAxis: sides };
};

const options = (data) => {
  const tone = tones();
  const pie = data.kind === "pie";
  const flat = data.kind === "hbar";
  const many = data.series.length > 1 || pie;
  const base = {
    color: tone.colours,
    animation: !calm.matches,
    animationDuration: 300,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: { trigger: pie ? "item" : "axis", backgroundColor: tone.ground, borderColor: tone.line, textStyle: { color: tone.body, fontSize: 13 }, axisPointer: { type: data.kind === "bar" || flat ? "shadow" : "line", shadowStyle: { opacity: 0.06 }, lineStyle: { color: tone.line } }, confine: true },
    legend: many ? { bottom: 0, icon: "circle", itemWidth: 8, itemHeight: 8, textStyle: { color: tone.ink, fontSize: 12 } } : undefined,
  };
  if (pie) {
    const [one] = data.series;
    const slices = data.labels.map((name, place) => ({ name, value: one.values[place] }));
    return { ...base, series: [{ type: "pie", radius: ["55%", "80%"], center: ["50%", "44%"], data: slices, label: { show: false }, itemStyle: { borderColor: tone.ground, borderWidth: 2 }, tooltip: { valueFormatter: (value) => whole(value, data.currency) } }] };
  }
  const series = data.series.map((one, place) => {
    const kind = one.kind || data.kind;
    const colour = one.tone ? tone.of(`--chart-${one.tone}`) || undefined : tone.colours[place];
    const line = kind === "line" || kind === "area";
    return {
      name: one.name,
      type: line ? "line" : "bar",
      data: one.values,
      yAxisIndex: one.second && !flat ? 1 : 0,
      stack: data.stack && !one.second ? "all" : undefined,
      smooth: line ? 0.25 : undefined,
      smoothMonotone: "x",
      symbol: line ? (one.values.length > 20 ? "none" : "circle") : undefined,
      symbolSize: 5,
      barMaxWidth: 28,
      itemStyle: line ? { color: colour } : { color: colour, borderRadius: data.stack ? 0 : flat ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      lineStyle: line ? { width: 2, type: data.kind === "area" && kind === "line" ? "dashed" : "solid" } : undefined,
      areaStyle: kind === "area" ? { opacity: 0.12 } : undefined,
      tooltip: { valueFormatter: (value) => whole(value, one.second ? "" : data.currency) },
    };
  });
  return { ...base, grid: { left: 4, right: 8, top: 12, bottom: many ? 28 : 4, containLabel: true }, ...axes(data, tone, flat), series };
};

const draw = async (place) => {
  library ??= import(place.dataset.echarts);
  const { init } = await library;
  if (!place.isConnected || drawn.has(place)) return;
  const data = JSON.parse(place.dataset.chart);
  const chart = init(place, null, { renderer: "svg" });
  chart.setOption(options(data));
  if (data.links.length) {
    chart.on("click", ({ dataIndex }) => data.links[dataIndex] && (location.href = data.links[dataIndex]));
  }
  drawn.set(place, { chart, data });
  size.observe(place);
};
const size = new ResizeObserver((found) => {
  for (const { target } of found) drawn.get(target)?.chart.resize();
});
const sight = new IntersectionObserver((found) => {
  for (const one of found) {
    if (!one.isIntersecting) continue;
    sight.unobserve(one.target);
    draw(one.target);
  }
}, { rootMargin: "200px" });

const settle = () => {
  for (const [place, { chart }] of drawn) {
    if (place.isConnected) continue;
    chart.dispose();
    drawn.delete(place);
  }
  for (const place of document.querySelectorAll("[data-chart]:not([data-seen])")) {
    place.dataset.seen = "";
    sight.observe(place);
  }
};
document.addEventListener("htmx:afterSettle", settle);
if (document.readyState === "complete") settle();
else window.addEventListener("load", settle, { once: true }); // what is read comes before what is drawn

// another theme: the same figures in other colours
new MutationObserver(() => {
  for (const { chart, data } of drawn.values()) chart.setOption(options(data), true);
}).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
