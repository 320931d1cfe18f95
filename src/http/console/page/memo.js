// Draws a component again only when `same(before, after)` says no: a long feed must not be drawn at every change.
import { Component, h } from 'preact'

export function memo(draw, same) {
  return class Memo extends Component {
    shouldComponentUpdate(after) {
      return !same(this.props, after)
    }
    render() {
      return h(draw, this.props)
    }
  }
}
