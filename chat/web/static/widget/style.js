// How a widget looks. The page's style doesn't reach into a shadow root; what it could say of the widget
// itself is overruled. Sizes follow the reader's own letters, not the page's.

export const STYLE = `
:host {
  all: initial !important;
  display: block !important;
  position: fixed !important;
  direction: ltr !important;
  user-select: text !important;
}
:host::before, :host::after { content: none !important; }
.wenjin {
  --paper: #faf9f6; --card: #fff; --ink: #22211f; --faint: #67645c; --line: #e3dfd6;
  --sans: "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif;
  --serif: "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", STSong, SimSun, Georgia, serif;
  color-scheme: light dark;
  font: 1em/1.6 var(--sans);
  color: var(--ink);
  overflow-wrap: anywhere;
}
* { box-sizing: border-box; }
[hidden] { display: none; }
h2, h3, h4, p, ul, blockquote { margin: 0; padding: 0; font: inherit; list-style: none; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { border: 1px solid var(--line); border-radius: 6px; background: var(--card); cursor: pointer; }
button:disabled { color: var(--faint); cursor: default; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
a { color: var(--link); font-size: 0.875em; }

.launch {
  position: fixed; bottom: calc(1.25em + var(--before) * 3.75em); z-index: 2147483646;
  max-width: calc(100vw - 2.5em); padding: 0.75em 1.25em;
  border-color: transparent; border-radius: 1.6em;
  background: var(--accent); color: var(--on-accent); font-weight: 500; line-height: 1.4;
  box-shadow: 0 2px 10px rgb(0 0 0 / 25%);
}
.launch:focus-visible { outline: 2px solid var(--on-accent); outline-offset: -4px; }
.right > * { right: 1.25em; left: auto; }
.left > * { left: 1.25em; right: auto; }

.panel {
  position: fixed; top: auto; bottom: 1.25em; z-index: 2147483647;
  overflow: hidden; width: min(26em, calc(100vw - 2.5em)); height: min(42em, calc(100dvh - 2.5em));
  max-width: none; max-height: none; margin: 0; padding: 0;
  border: 1px solid var(--line); border-top: 3px solid var(--accent); border-radius: 10px;
  background: var(--paper); color: inherit; box-shadow: 0 8px 40px rgb(0 0 0 / 30%);
}
.panel[open] { display: flex; flex-direction: column; }
.panel:focus, .question:focus { outline: none; }
.panel::backdrop { background: none; }
header { display: flex; align-items: center; padding: 0.25em 0.35em 0.25em 1.1em; }
h2 { flex: 1; font-weight: 600; }
.close, .shut {
  min-width: 2.2em; min-height: 2.2em; border: 0; background: none; color: var(--faint); font-size: 1.25em;
  line-height: 1;
}
:is(.close, .shut):hover { color: var(--link); }

.log {
  flex: 1; position: relative; overflow: auto; padding: 0 1.1em; border-top: 1px solid var(--line);
  overscroll-behavior: contain; scrollbar-width: thin;
}
.log:focus-visible { outline-offset: -2px; }
.greeting { padding: 1.2em 0 0.4em; }
.note { color: var(--faint); font-size: 0.8125em; }
.questions { display: flex; flex-direction: column; gap: 0.45em; align-items: flex-start; padding: 0.8em 0; }
.questions button, .end > button {
  padding: 0.4em 0.8em; color: var(--link); font-size: 0.9375em; text-align: start;
}
:is(.questions, .end) > button:disabled { color: var(--faint); }
.turn { padding: 1.1em 0; }
.turn:last-child:not(:first-child) { min-height: 100%; }
.turn + .turn { border-top: 1px solid var(--line); }
.turn:not(:last-child) .questions { display: none; }
.question { margin-bottom: 0.5em; color: var(--faint); font-weight: 500; white-space: pre-line; }
.said { font: 1.03em/1.85 var(--serif); line-break: strict; }
.sides .sentence, .sides .note { display: block; font-family: var(--sans); }
.differ, strong { display: block; font-weight: 600; }
.differ { color: var(--link); }
sup { font-size: 1em; line-height: 0; white-space: nowrap; }
.mark {
  position: relative; min-width: 1.8em; margin-inline: 0.15em; padding: 0.1em 0.35em; border-radius: 0.9em;
  color: var(--link); font: 600 0.75em/1.3 var(--sans);
}
.mark::after { position: absolute; inset: -0.5em -0.2em; content: ""; }
.mark[aria-expanded="true"] {
  border-color: var(--accent); background: var(--accent); color: var(--on-accent);
}
.end { padding-top: 0.5em; }
.end > button { margin-top: 0.7em; }
.card {
  position: relative; margin-top: 0.7em; padding: 0.8em 1em; border: 1px solid var(--line);
  border-radius: 6px; background: var(--card);
}
.shut { position: absolute; top: 0; right: 0; }
h4 { font: 600 1em/1.5 var(--serif); }
.shut + h4 { padding-right: 1.6em; }
.byline { color: var(--faint); font-size: 0.8125em; }
.section { margin-top: 0.4em; font: 600 0.875em var(--serif); }
blockquote { margin: 0.4em 0; font: 0.9375em/1.75 var(--serif); }
mark { padding: 0.1em 0; background: var(--highlight); color: inherit; }

.composer {
  display: flex; gap: 0.5em; align-items: flex-end; border-top: 1px solid var(--line);
  padding: 0.7em 0.8em max(0.7em, env(safe-area-inset-bottom));
}
textarea {
  flex: 1; min-width: 0; max-height: 9em; padding: 0.5em 0.7em; border: 1px solid var(--faint);
  border-radius: 6px; background: var(--card); line-height: 1.5; resize: none;
}
textarea::placeholder { color: var(--faint); opacity: 1; }
.send {
  min-width: 3.5em; padding: 0.55em 0.8em; border-color: transparent;
  background: var(--accent); color: var(--on-accent); font-weight: 500; line-height: 1.5;
}
.told { position: absolute; overflow: hidden; width: 1px; height: 1px; clip-path: inset(50%); }

@media (max-width: 30em), (max-height: 30em) {
  .panel {
    inset: var(--top, 0) 0 auto; width: 100%; height: var(--height, 100dvh);
    border: 0; border-radius: 0; box-shadow: none;
  }
  .mark { min-width: 2.2em; font-size: 0.8125em; }
  .mark::after { inset: -0.8em -0.4em; }
}
@media (prefers-color-scheme: dark) {
  .wenjin { --paper: #191817; --card: #211f1d; --ink: #e4dfd5; --faint: #a59f93; --line: #37342f; }
}
@media (prefers-reduced-motion: no-preference) {
  .panel[open] { animation: come 0.15s; }
  @keyframes come { from { opacity: 0; transform: translateY(0.6em); } }
}
@media (forced-colors: active) {
  mark { background: Highlight; color: HighlightText; forced-color-adjust: none; }
}
@media print { :host { display: none !important; } }
`;
