// The colours that follow from the one that was chosen, so that all of them can be read.
// (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio)

const OURS = [154, 51, 36];
const LIGHT = { ground: [250, 249, 246], away: [0, 0, 0], tint: 0.18 };
const DARK = { ground: [25, 24, 23], away: [255, 255, 255], tint: 0.3 };
const FACES = [[255, 255, 255], [20, 18, 16]];
const ENOUGH = 4.6; // of contrast

function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const mixed = (one, other, share) => one.map((part, i) => Math.round(part + share * (other[i] - part)));

// The colour itself if it can be read on that ground, or as much of it as can.
function legible(colour, { ground, away }) {
  let share = 0;
  while (share < 1 && contrast(mixed(colour, away, share), ground) < ENOUGH) share += 0.05;
  return mixed(colour, away, Math.min(share, 1));
}

// What the browser makes of a colour's name; `probe` is any element on the page.
function parsed(name, probe) {
  if (!CSS.supports("color", name)) return OURS;
  probe.style.color = name;
  probe.style.color = `color-mix(in srgb, ${name}, ${name})`; // is told in numbers, whatever it was
  const shown = getComputedStyle(probe).color;
  probe.style.color = "";
  const scale = shown.startsWith("color") ? 255 : 1;
  const numbers = shown.match(/-?\d[\d.]*(e-?\d+)?/g) ?? OURS;
  return numbers.slice(0, 3).map((part) => Math.min(Math.max(Math.round(part * scale), 0), 255));
}

const rgb = (colour) => `rgb(${colour.join(" ")})`;

function onGround(colour, theme) {
  const link = legible(colour, theme);
  return `--link: ${rgb(link)}; --highlight: ${rgb(mixed(theme.ground, link, theme.tint))};`;
}

export function palette(name, probe) {
  const colour = parsed(name, probe);
  const [first, second] = FACES;
  const face = contrast(first, colour) >= contrast(second, colour) ? first : second;
  return `
    .wenjin { --accent: ${rgb(colour)}; --on-accent: ${rgb(face)}; ${onGround(colour, LIGHT)} }
    @media (prefers-color-scheme: dark) { .wenjin { ${onGround(colour, DARK)} } }`;
}
