/* The checks of axe that matter for the review page, on what Chromium computed. An expression: an object of functions. */
({
  /** Texts whose contrast is under what WCAG 2.2 asks for (1.4.3): 4.5, or 3 where they are large. */
  faint() {
    const channel = (value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    };
    const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    // Painted, so that every way of writing a colour counts, one over the other.
    const painted = (colours) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const behind = (element) => {
      const colours = [];
      for (let at = element; at; at = at.parentElement) colours.unshift(getComputedStyle(at).backgroundColor);
      return colours;
    };
    const low = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim();
      const element = walker.currentNode.parentElement;
      if (!text || !element.checkVisibility({ checkVisibilityCSS: true })) continue;
      if (element.closest(".unseen, :disabled, svg, script, option")) continue;
      const style = getComputedStyle(element);
      const ground = behind(element);
      const both = [luminance(painted(ground)), luminance(painted([...ground, style.color]))];
      const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) low.push(`${ratio.toFixed(2)} ${element.tagName} ${text.slice(0, 40)}`);
    }
    return low;
  },

  /** What can be used and has no name for a screen reader. */
  nameless() {
    const unnamed = (element) => {
      const isFilled = ["INPUT", "SELECT", "TEXTAREA", "DIALOG"].includes(element.tagName);
      const by = (element.getAttribute("aria-labelledby") ?? "").split(" ");
      const names = [
        element.getAttribute("aria-label"),
        isFilled ? "" : element.textContent,
        ...[...(element.labels ?? [])].map((label) => label.textContent),
        ...by.map((id) => document.getElementById(id)?.textContent),
      ];
      return !names.some((name) => name?.trim());
    };
    return [...document.querySelectorAll("button, a[href], input, select, textarea, summary, iframe, dialog")]
      .filter((element) => element.checkVisibility() && unnamed(element))
      .map((element) => element.outerHTML.slice(0, 100));
  },

  /** Levels of the headings, in their order; the list beside the page has its own. */
  headings() {
    return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => heading.checkVisibility() && !heading.closest("aside"))
      .map((heading) => Number(heading.tagName[1]));
  },

  /** Targets smaller than WCAG 2.2 asks for (2.5.8); links within text are excepted there too. */
  small() {
    return [...document.querySelectorAll("button, a[href], input, select, textarea, label.topic")]
      .filter((element) => element.checkVisibility() && !element.closest("p, li, label, .rendered, .skip"))
      .map((element) => [element.getBoundingClientRect(), element])
      .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
      .map(([box, element]) => `${box.width}x${box.height} ${element.outerHTML.slice(0, 80)}`);
  },

  /** Scripts and styles that stand in the page itself. */
  inline() {
    const listening = [...document.querySelectorAll("*")].filter((element) =>
      [...element.attributes].some((attribute) => attribute.name.startsWith("on")),
    );
    return [...document.querySelectorAll("script:not([src]), style, [style]"), ...listening].map((element) =>
      element.outerHTML.slice(0, 80),
    );
  },
});
