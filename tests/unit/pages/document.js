// As much of a browser as the search needs. Reads queries from the command line, and prints what each of them shows.
"use strict";
const fs = require("fs");
const vm = require("vm");

const element = () => ({
  children: [],
  hidden: true,
  value: "",
  classes: new Set(),
  get classList() {
    return { add: (name) => this.classes.add(name), remove: (name) => this.classes.delete(name) };
  },
  get firstChild() {
    return this.children[0];
  },
  append(...more) {
    this.children.push(...more);
  },
  replaceChildren(...all) {
    this.children = all;
  },
  addEventListener(name, call) {
    this[name] = call;
  },
  scrollIntoView() {},
  click() {
    this.clicked = true;
  },
});

const [script, symbols, ...queries] = process.argv.slice(2);
const box = element();
const list = element();
const page = element();
globalThis.document = {
  activeElement: null,
  addEventListener: (name, call) => page.addEventListener(name, call),
  body: { dataset: { root: "../" } },
  createElement: element,
  getElementById: (id) => ({ "search-box": box, "search-results": list })[id],
};
vm.runInThisContext(fs.readFileSync(symbols, "utf8") + fs.readFileSync(script, "utf8"));

const answers = queries.map((query) => {
  box.value = query;
  box.input();
  const links = list.children.map((item) => [item.firstChild.textContent, item.firstChild.href]);
  box.keydown({ key: "ArrowDown", preventDefault() {} });
  box.keydown({ key: "ArrowDown", preventDefault() {} });
  const chosen = list.children.findIndex((item) => item.classes.has("chosen"));
  box.keydown({ key: "Enter", preventDefault() {} });
  const opened = list.children.findIndex((item) => item.firstChild.clicked);
  return { hidden: list.hidden, links, chosen, opened };
});
console.log(JSON.stringify(answers));
