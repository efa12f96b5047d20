// Before the first paint: "auto" becomes what the device prefers, so that nothing flashes.
(() => {
  const root = document.documentElement;
  const chosen = (document.cookie.match(/(?:^|; )theme=(\w+)/) || [])[1] || "auto";
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => root.setAttribute("data-bs-theme", chosen === "auto" ? (device.matches ? "dark" : "light") : chosen);
  paint();
  device.addEventListener("change", paint);
})();
