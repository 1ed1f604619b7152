// What Redocly does to the text of the contract on its way to the page. The contract itself stays as it is.
const text = () => ({
  // Redoc's own words for a link without description say nothing.
  ExternalDocs(docs) {
    docs.description ??= "The vendor's page";
  },
  // An example says where it comes from: Redoc makes a link of Markdown, not of a plain address.
  Example(example) {
    if (/^https:\S+$/.test(example.description)) example.description = `[The vendor's page](${example.description})`;
  },
  // OpenAPI allows Markdown here, but Redoc shows it as it is written.
  Server(server) {
    server.description = server.description?.replaceAll("`", "");
  },
});

export default () => ({ id: "page", decorators: { oas3: { text } } });
