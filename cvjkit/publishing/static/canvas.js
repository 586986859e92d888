// Sets the text as large as fits on the page. All lengths hang on the width of the page, so what
// fits on the screen fits on paper, too. A phone shows the page in one column, at its own size.
const NARROW = 800; // px, below which the page would be wider than the window
const page = document.querySelector("main");
const button = document.querySelector("button");

const fits = (size) => {
  document.documentElement.style.setProperty("--size", size);
  const margin = Number.parseFloat(getComputedStyle(page).paddingBottom);
  const last = page.lastElementChild.getBoundingClientRect().bottom;
  const wide = page.scrollWidth > page.clientWidth;
  return !wide && last <= page.getBoundingClientRect().bottom - margin + 0.5;
};

const fit = () => {
  document.documentElement.classList.remove("narrow");
  let [small, large] = [0.3, 1.2];
  for (let step = 0; step < 9; step += 1) {
    const middle = (small + large) / 2;
    [small, large] = fits(middle) ? [middle, large] : [small, middle];
  }
  // A printer may break a line where the screen does not.
  fits(small * 0.985);
  document.documentElement.classList.toggle("narrow", innerWidth < NARROW);
};

fit();
addEventListener("resize", fit);
button.hidden = false;
button.addEventListener("click", () => print());
