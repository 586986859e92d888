// Sets the text as large as fits on the page. All lengths hang on the width of the page, so what
// fits on the screen fits on paper, too. A phone shows the page in one column, at its own size.
const NARROW = 800; // px, below which the page would be wider than the window
const page = document.querySelector("main");
const printing = document.querySelector(".printing");
const SHEETS = { A3: 1190.6, A4: 841.9 }; // [pt] how wide
const LEGIBLE = 5; // [pt]

const fits = (size) => {
  document.documentElement.style.setProperty("--size", size);
  const margin = Number.parseFloat(getComputedStyle(page).paddingBottom);
  const last = page.lastElementChild.getBoundingClientRect().bottom;
  const wide = page.scrollWidth > page.clientWidth;
  return !wide && last <= page.getBoundingClientRect().bottom - margin + 0.5;
};

/** What its reader has to know before it is printed; nothing where all of it can be read on A4. */
const onPaper = () => {
  const texts = [...page.querySelectorAll("*")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
  const sizes = texts.map((text) => Number.parseFloat(getComputedStyle(text).fontSize));
  const share = Math.min(...sizes) / page.getBoundingClientRect().width;
  if (share * SHEETS.A4 >= LEGIBLE) return "";
  const [a3, a4] = [SHEETS.A3, SHEETS.A4].map((width) => (share * width).toFixed(1));
  return `Made for A3: its smallest text is ${a3} points there, and ${a4} on A4.`;
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
  printing.firstElementChild.textContent = onPaper();
  document.documentElement.classList.toggle("narrow", innerWidth < NARROW);
};

fit();
addEventListener("resize", fit);
printing.hidden = false;
printing.lastElementChild.addEventListener("click", () => print());
