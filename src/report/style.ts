import { type Theme, type ThemeName, themes } from '../plot/themes.js'

/** CSS variables in place of colours: the style below says what they are, by light, dark and paper. */
export const cssColours: Theme = {
  background: 'none',
  text: 'var(--text)',
  secondary: 'var(--secondary)',
  grid: 'var(--grid)',
  roles: {
    measured: 'var(--measured)',
    estimated: 'var(--estimated)',
    idle: 'var(--idle)',
    background: 'var(--background)',
    dynamic: 'var(--dynamic)',
    'left-out': 'var(--left-out)',
    warning: 'var(--warning)',
    muted: 'var(--muted)',
    'series-1': 'var(--series-1)',
    'series-2': 'var(--series-2)',
    'series-3': 'var(--series-3)',
    'series-4': 'var(--series-4)',
    'series-5': 'var(--series-5)',
    'series-6': 'var(--series-6)',
    'series-7': 'var(--series-7)',
    'series-8': 'var(--series-8)',
  },
}

function variables(name: ThemeName): string {
  const { text, secondary, grid, roles, background } = themes[name]
  return Object.entries({ page: background, text, secondary, grid, ...roles })
    .map(([variable, colour]) => `--${variable}:${colour}`)
    .join(';')
}

/** Where pictures are drawn narrower. */
const narrow = 'max-width:640px'

/** The style of a report: on a phone, on a screen, on paper; light and dark. */
export const style = `
:root{${variables('light')};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${variables('dark')}}}
@media print{:root{${variables('light')};color-scheme:light}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif}
header,main,footer{max-width:62rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.2;margin:1.5rem 0 .3rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.5rem 0 .5rem;padding-top:.7rem;border-top:1px solid var(--grid)}
h3{font-size:1.05rem;margin:1.5rem 0 .4rem;overflow-wrap:anywhere}
p,ul,dl{margin:.4rem 0;overflow-wrap:anywhere}
a{color:var(--estimated)}
ul{padding-left:1.2rem}
.lead{color:var(--secondary)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.6rem;padding:0;margin:1rem 0;list-style:none}
.facts li{border:1px solid var(--grid);border-radius:.4rem;padding:.5rem .7rem}
.facts b{display:block;font-size:1.25rem;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;list-style:none}
.scroll{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;font-size:.875rem}
caption{text-align:left;color:var(--secondary);padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--grid)}
th{font-weight:600}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.why{min-width:15rem}
td{white-space:nowrap}td.why{white-space:normal;max-width:26rem;overflow-wrap:anywhere}
.warning{border-left:4px solid var(--warning);padding-left:.7rem}
.chosen{font-weight:600}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;font-size:.9rem}
dt{color:var(--secondary)}
dd{margin:0;overflow-wrap:anywhere}
article{border:1px solid var(--grid);border-radius:.4rem;padding:.2rem 1rem .8rem;margin:1rem 0}
pre{overflow-x:auto;background:none;border:1px solid var(--grid);border-radius:.3rem;padding:.6rem;font-size:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}
figure{margin:1rem 0}
figure svg{display:block;width:100%;height:auto}
svg.narrow{display:none}
footer{color:var(--secondary);font-size:.85rem;margin:2.5rem auto 1.5rem}
@media screen and (${narrow}){svg.wide{display:none}figure svg.narrow{display:block;max-width:30rem}dl{grid-template-columns:1fr}dt{margin-top:.35rem}}
@media print{
svg.narrow{display:none!important}figure svg.wide{display:block!important}
body{font-size:10.5pt}nav{display:none}h2,h3{break-after:avoid}
table{font-size:7pt}th,td{padding-right:.5rem}td{white-space:normal;overflow-wrap:anywhere}td.n{white-space:nowrap;overflow-wrap:normal}th.n{white-space:normal}figure,article,tr{break-inside:avoid}.scroll{overflow:visible}header,main,footer{max-width:none;padding:0}
a{color:inherit;text-decoration:none}
}
`
