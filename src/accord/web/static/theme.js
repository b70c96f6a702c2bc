// Runs before the first paint: without a remembered choice, the system's theme holds.
(() => {
  const root = document.documentElement;
  if (!root.dataset.bsTheme) {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
    follow();
    dark.addEventListener("change", follow);
  }
})();
