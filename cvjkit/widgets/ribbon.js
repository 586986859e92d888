// @ts-check
// The outline of a ribbon, for an SVG path. Pure.

/**
 * A cross-section of a ribbon: its position along the picture, and its two edges across it [px].
 * @typedef {{ along: number, from: number, to: number }} Section
 */

/**
 * Draw a ribbon through its cross-sections: S-curves along one edge, and back along the other.
 * @param {Section[]} sections  At least one.
 * @param {boolean} [upright]  Whether the picture runs downwards.
 * @returns {string}  For the attribute d of a path.
 */
export function ribbonPath(sections, upright = false) {
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
  const there = sections.map(({ along, from }) => [along, from]);
  /** @type {[number, number][]} */
  const back = sections.map(({ along, to }) => [along, to]);
  return `M${curve(there)}L${curve(back.reverse())}Z`;
}
