// Pictures from the JSON beside them. Colours come from the style sheet, so both themes fit.
(() => {
  const root = document.documentElement;
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (value) => {
    probe.style.color = value;
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const brush = canvas.getContext("2d");
    brush.fillStyle = getComputedStyle(probe).color;
    brush.fillRect(0, 0, 1, 1);
    return `rgb(${brush.getImageData(0, 0, 1, 1).data.slice(0, 3).join(",")})`;
  };
  const number = new Intl.NumberFormat(root.lang);
  const percent = (value) => `${(value * 100).toFixed(1)} %`;

  function frame() {
    const ink = colour("var(--tblr-body-color)");
    const quiet = colour("var(--tblr-secondary-color)");
    const line = colour("color-mix(in oklab, var(--tblr-body-color) 12%, var(--tblr-bg-surface))");
    const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: quiet, hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
    return {
      ink, quiet, line, axis,
      base: {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
        aria: { enabled: true, decal: { show: false } },
        tooltip: { renderMode: "richText", backgroundColor: colour("var(--tblr-bg-surface)"), borderColor: line, textStyle: { color: ink, fontSize: 13 } },
      },
    };
  }

  const step = {
    leads: "color-mix(in oklab, var(--tblr-body-color) 18%, var(--tblr-bg-surface))",
    mql: "color-mix(in oklab, var(--marketing) 55%, var(--tblr-bg-surface))",
    sal: "color-mix(in oklab, var(--sales) 30%, var(--tblr-bg-surface))",
    sql: "color-mix(in oklab, var(--sales) 52%, var(--tblr-bg-surface))",
    opportunity: "color-mix(in oklab, var(--sales) 76%, var(--tblr-bg-surface))",
    won: "var(--sales)",
  };

  function cohorts(data, width) {
    const { base, axis, ink } = frame();
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value) => number.format(value) },
      legend: { bottom: 0, itemWidth: 12, itemHeight: 12, icon: "roundRect", textStyle: { color: ink }, type: width < 500 ? "scroll" : "plain" },
      grid: { left: 8, right: 8, top: 12, bottom: width < 500 ? 36 : 40, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: { type: "category", data: data.months, ...axis, splitLine: { show: false } },
      yAxis: { type: "value", ...axis, axisLine: { show: false } },
      series: data.series.map((each) => ({ type: "bar", stack: "all", name: each.name, data: each.values, color: colour(step[each.step]), barMaxWidth: 48 })).reverse(),
    };
  }

  function channels(data, width) {
    const { base, axis, ink } = frame();
    const rows = data.channels;
    const hue = colour("var(--marketing)");
    const pale = colour("color-mix(in oklab, var(--marketing) 30%, var(--tblr-bg-surface))");
    const words = (at) => {
      const row = rows[at];
      return `${row.name}\n${data.words.rate}: ${percent(row.value)} (${number.format(row.won)} ${data.words.of} ${number.format(row.leads)})\n${data.words.interval}: ${percent(row.low)} – ${percent(row.high)}`;
    };
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: "shadow" }, formatter: (points) => words(points[0].dataIndex) },
      grid: { left: 8, right: 24, top: 8, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: { type: "value", min: 0, splitNumber: width < 500 ? 2 : 5, ...axis, axisLabel: { ...axis.axisLabel, formatter: (value) => `${Math.round(value * 100)} %` } },
      yAxis: { type: "category", data: rows.map((row) => row.name), ...axis, axisLabel: { color: ink, width: 130, overflow: "truncate" }, splitLine: { show: false } },
      series: [
        { type: "bar", stack: "span", silent: true, data: rows.map((row) => row.low), itemStyle: { color: "transparent" }, barWidth: 8 },
        { type: "bar", stack: "span", data: rows.map((row) => row.high - row.low), itemStyle: { color: pale, borderRadius: 4 }, barWidth: 8 },
        { type: "scatter", data: rows.map((row, at) => [row.value, at]), itemStyle: { color: hue }, symbolSize: 11 },
      ],
    };
  }

  function trend(data) {
    const { base, axis } = frame();
    const hue = colour(`var(--${data.side})`);
    const words = (at) => `${data.name}: ${percent(data.values[at])} ${data.words.in_time} (${data.words.of} ${number.format(data.cases[at])})`;
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: "axis", formatter: ([point]) => (point.value == null ? point.axisValue : `${point.axisValue}\n${words(point.dataIndex)}`) },
      grid: { left: 8, right: 12, top: 12, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: { type: "category", data: data.periods, ...axis, splitLine: { show: false } },
      yAxis: { type: "value", min: 0, max: 1, ...axis, axisLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: (value) => `${Math.round(value * 100)} %` } },
      series: [{ type: "line", name: data.name, data: data.values, connectNulls: false, symbol: "circle", symbolSize: 8, lineStyle: { width: 3 }, color: hue }],
    };
  }

  const kinds = { cohorts, channels, trend };
  const pictures = [];
  function draw(place) {
    const data = JSON.parse(document.getElementById(place.dataset.from).textContent);
    if (place.dataset.chart === "channels") place.style.height = `${Math.max(data.channels.length * 30 + 48, 120)}px`;
    const picture = echarts.getInstanceByDom(place) || echarts.init(place);
    picture.setOption(kinds[place.dataset.chart](data, place.clientWidth), true);
    picture.resize();
    if (!pictures.includes(place)) pictures.push(place);
  }
  document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("theme", () => pictures.forEach(draw));
  addEventListener("resize", () => pictures.forEach(draw));
})();
