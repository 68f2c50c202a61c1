/** Charts to static SVG by the server-side rendering of ECharts 6: no DOM, no script in the page. */
import { escapeHtml } from '../html.ts'
import type { Chart } from './chart.ts'

// With single quotes: ECharts writes it into attributes as it is.
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

/** Renders to an `<svg>` that scales with its container. The same chart gives the same bytes. */
export type ChartRenderer = (chart: Chart) => string

/** Loads ECharts, with the parts that our charts use: 0.3 s, so only when a report is really written. */
export async function loadChartRenderer(): Promise<ChartRenderer> {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ])
  core.use([
    charts.BarChart,
    charts.CustomChart,
    charts.LineChart,
    components.GridComponent,
    components.LegendComponent,
    components.MarkAreaComponent,
    components.MarkLineComponent,
    renderers.SVGRenderer,
  ])
  return ({ id, title, width, height, option }) => {
    const instance = core.init(null, null, { renderer: 'svg', ssr: true, width, height })
    try {
      instance.setOption({ animation: false, textStyle: { fontFamily: FONT }, ...option })
      return staticSvg(instance.renderToSVGString(), id, title)
    } finally {
      instance.dispose() // an instance that is left open keeps the process alive
    }
  }
}

/**
 * Drops what only a live chart needs (hover styles, data markers), names the picture for screen readers, and
 * replaces the ids, which carry a counter of the process (`zr3-c0`), by ids of the chart.
 */
function staticSvg(svg: string, id: string, title: string): string {
  return svg
    .replace(/<style\s*>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, (tag) =>
      tag.replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, '').replace(/(["#])zr\d+-/g, `$1${id}-`),
    )
    .replace('<svg ', () => `<svg role="img" aria-label="${escapeHtml(title)}" `)
}
