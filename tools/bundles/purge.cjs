// What the pages may name: a rule of a style sheet that none of these words is in is left out of the copy.
module.exports = {
  content: [
    "storefront/**/*.html",
    "storefront/**/*.py",
    "storefront/static/js/**/*.js",
    "marketplace/**/templates/**/*.html",
  ],
  fontFace: true,
  keyframes: true,
  // Names that a template puts together: the colour of a picture's place, of a status.
  safelist: { standard: [/^bg-[a-z]+-lt$/, /^status-[a-z]+$/] },
};
