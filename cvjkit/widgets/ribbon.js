// @ts-check
// The outline of a ribbon, for an SVG path. Pure.

/**
 * A cross-section of a ribbon: its position along the picture, and across it where it begins and
 * how thick the ribbon is [px].
 * @typedef {{ along: number, top: number, size: number }} Edge
 */

/**
 * Draw a ribbon through its cross-sections, bent as cvjkit.charts.polygons bends it: along one
 * side, and back along the other.
 * @param {Edge[]} edges  At least one.
 * @param {boolean} [upright]  Whether the picture runs downwards.
 * @returns {string}  For the attribute d of a path.
 */
export function ribbonPath(edges, upright = false) {
  /** @param {number} along @param {number} across */
  const point = (along, across) => {
    const [x, y] = upright ? [across, along] : [along, across];
    return `${x.toFixed(2)},${y.toFixed(2)}`;
  };
  /** @param {[number, number][]} points */
  const curve = (points) =>
    points
      .map(([along, across], index) => {
        if (index === 0) return point(along, across);
        const [alongBefore, acrossBefore] = points[index - 1];
        const middle = (alongBefore + along) / 2;
        return `C${point(middle, acrossBefore)} ${point(middle, across)} ${point(along, across)}`;
      })
      .join("");
  /** @type {[number, number][]} */
  const there = edges.map(({ along, top }) => [along, top]);
  /** @type {[number, number][]} */
  const back = edges.map(({ along, top, size }) => [along, top + size]);
  return `M${curve(there)}L${curve(back.toReversed())}Z`;
}
