import { render } from 'preact'
import { App } from './app.js'

const place = document.getElementById('app')
if (place) {
  place.replaceChildren()
  render(<App />, place)
}
