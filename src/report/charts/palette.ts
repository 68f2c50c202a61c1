/** The colours of pages and charts, by the names of the CSS variables that stand for them. */

export const LIGHT: Readonly<Record<string, string>> = {
  page: '#f5f6f8',
  surface: '#ffffff',
  text: '#1b2430',
  muted: '#5d6876',
  line: '#dde1e7',
  band: '#e3e8ef',
  blue: '#0072b2',
  orange: '#d98a00',
  vermillion: '#d55e00',
  green: '#009e73',
  purple: '#b0609a',
}

/** Puts colours in the place of the variables: of a picture that stands outside of any page. */
export function withColors(svg: string, palette: Readonly<Record<string, string>>): string {
  return svg.replaceAll(/var\(--(\w+)\)/g, (variable, name: string) => palette[name] ?? variable)
}
