-- Reads a chapter, numbers it, says what it refers to, and writes it in every text format.
--
-- Runs as long as there is work. The first line of its input is what all chapters need:
--   {"chapters": [{id, prefix, anchor, label, path}], "words": {"Note": …},
--    "files": the address that the paths of files are added to, or "",
--    "bibliography": {"format": …, "text": …} or nothing, "style": the path of a CSL style or
--    nothing, "language": BCP 47, "diagrams": the directory of drawn diagrams,
--    "formats": those that jobs will ask for}
-- Every line after is a job:
--   {"chapter": id, "text": Markdown, "bare_addresses": may it hold any, "nested_headings": may it
--    hold any, "listings": {key: …}, "comparisons": {key: …}, "formats": ["html", …], "into": path
--    without an ending}
-- and is answered by a line: {}, or {"error": …}. The texts go to files, and last the report.

local HERE = pandoc.path.directory(arg[0])
local function load(name) return dofile(pandoc.path.join {HERE, name .. ".lua"}) end
local ids, headings, references = load "ids", load "headings", load "references"
local elements, listings, citations = load "elements", load "listings", load "citations"

-- Pandoc's Markdown, made to agree with GitHub where the two differ on plain text.
local FORMAT = "markdown"
  .. "+alerts+emoji+lists_without_preceding_blankline"
  .. "-blank_before_header-blank_before_blockquote"
  .. "-raw_html-raw_tex-raw_attribute-native_spans-markdown_attribute"
  .. "-implicit_header_references-auto_identifiers-example_lists"
  .. "-yaml_metadata_block-pandoc_title_block"
-- Reading takes twice as long with it, so it is asked for where a bare address stands.
local BARE_ADDRESSES = "+autolink_bare_uris"
-- Pipe tables with longer lines than this would get fixed widths; GitHub gives none.
local COLUMNS = 100000
local CHAPTERS_BETWEEN_COLLECTIONS = 8

-- Loaded when first asked for.
local writers = {}
local WRITERS = {html = "html", typst = "typst", markdown = "gfm"}

local function writer(format)
  writers[format] = writers[format] or load(WRITERS[format])
  return writers[format]
end

--- What pandoc has to say about the text, as tables.
local function messages(log)
  return log:map(function(message) return pandoc.json.decode(pandoc.json.encode(message)) end)
end

--- Formulas that are no TeX are found here, once, whatever the book is built into.
local function check_formulas(formulas)
  if #formulas == 0 then return pandoc.List {} end
  local page = pandoc.Pandoc {pandoc.Plain(formulas)}
  return messages((pandoc.log.silence(pandoc.write, page, "html", {html_math_method = "mathml"})))
end

local function new_report()
  local report = {}
  for _, name in ipairs {
    "ids", "aliases", "labels", "headings", "links", "images", "references", "index_entries",
    "terms", "diagrams", "extra_titles", "misread", "unread_listings", "wrong_lines",
    "tabs_without_heading", "mixed_references", "unknown_sources",
  } do
    report[name] = pandoc.List {}
  end
  return report
end

--- Go through a chapter once. A walk costs by the kinds of elements that it stops at, so those
-- that the text cannot hold are left out.
local function finish_elements(blocks, text, state, report)
  local formulas = pandoc.List {}

  local function qualified(element)
    local id = element.identifier
    if id == "" then return end
    element.identifier = ids.qualify(id, state.chapter)
    report.ids:insert {id = element.identifier, written = id, explicit = true}
  end

  local function finish(step)
    return function(element)
      qualified(element)
      return step and step(element, state, report) or element
    end
  end

  local function holds(...)
    for _, sign in ipairs {...} do
      if text:find(sign, 1, true) then return true end
    end
    return false
  end

  local filter = {
    Link = finish(references.finish_link),
    CodeBlock = finish(function(code)
      local drawn = listings.diagram(code, state, report)
      if drawn then return elements.finish_figure(drawn, state, report) end
      local tbl = listings.table(code, state, report)
      if tbl then return elements.finish_table(tbl, state, report) end
      return listings.finish(code, state, report)
    end),
    Table = finish(elements.finish_table),
  }
  -- Three at the beginning of a line open a listing.
  if text:find("[^`]``?{") or text:find("[^`%s>]```+{") then
    filter.Code = finish(listings.finish_code)
  end
  if holds("@") then
    filter.Cite = function(cite) return references.finish_cite(cite, state, report) end
  end
  if holds("![") then
    filter.Image = finish(references.finish_image)
    filter.Figure = finish(elements.finish_figure)
  end
  if holds("$") then filter.Math = function(formula) formulas:insert(formula) end end
  if holds("\n:") then filter.DefinitionList = elements.finish_definitions end
  local _, equations = text:gsub("{#eq%-", "")
  if equations > 0 then
    filter.Para = function(para)
      if (state.counts.eq or 0) == equations then return nil end
      return elements.finish_equation(para, state, report)
    end
  end
  if holds("]{", "::") then filter.Span = finish(references.finish_span) end
  if holds(":::", "[!") then
    filter.Div = finish(function(div)
      if div.classes:includes("glossary") then
        return references.finish_glossary(div, report)
      end
      return elements.finish_div(div, state, report)
    end)
  end
  local done = blocks:walk(filter)
  if state.has_marks then done = done:walk {Blocks = listings.finish_annotations} end
  return done, formulas
end

local function write_file(path, text)
  local aside = path .. ".part"
  local file = assert(io.open(aside, "wb"))
  file:write(text)
  file:close()
  assert(os.rename(aside, path))
end

local function read(job, shared)
  local report = new_report()
  local format = job.bare_addresses and FORMAT .. BARE_ADDRESSES or FORMAT
  local log, doc = pandoc.log.silence(pandoc.read, job.text, format, {columns = COLUMNS})
  local state = {
    chapter = shared.by_id[job.chapter], chapters = shared.by_path, shared = shared,
    sources = {}, listings = job.listings, comparisons = job.comparisons,
    used = {}, counters = {}, counts = {}, level = 1,
  }
  headings.drop_title(doc.blocks, state, report)
  report.empty = #doc.blocks == 0
  if job.text:find("@", 1, true) then
    state.sources, report.bibliography_error = citations.sources(shared)
  end
  local blocks, formulas = finish_elements(doc.blocks, job.text, state, report)
  if state.is_citing then blocks = citations.resolve(blocks, state, report) end
  headings.finish(blocks, job.nested_headings, state, report)
  report.messages = messages(log)
  -- The website's text finds them as well.
  if not job.formats:includes("html") then
    report.messages:extend(check_formulas(formulas))
  end
  return pandoc.Pandoc(blocks), report, state.chapter
end

local function work(job, shared)
  local doc, report, chapter = read(job, shared)
  local context = {words = shared.words, chapter = chapter, colours = {}}
  for _, format in ipairs(job.formats) do
    local log, text = pandoc.log.silence(writer(format), doc, context)
    report.messages:extend(messages(log))
    write_file(job.into .. "." .. format, text)
  end
  write_file(job.into .. ".json", pandoc.json.encode(report))
end

--- Load what is loaded when it is first used, while the first job is still being made.
local function warm_up(formats)
  for _, format in ipairs(formats) do writer(format) end
  if #formats > 0 then
    pandoc.write(pandoc.Pandoc {pandoc.CodeBlock("pass", {class = "python"})}, "html")
  end
end

local shared = pandoc.json.decode(io.read("L"), false)
shared.by_id, shared.by_path = {}, {}
for _, chapter in ipairs(shared.chapters) do
  shared.by_id[chapter.id], shared.by_path[chapter.path] = chapter, chapter
end
warm_up(shared.formats)
local done = 0
for line in io.lines() do
  local job = pandoc.json.decode(line, false)
  job.formats = pandoc.List(job.formats)
  local ok, problem = pcall(work, job, shared)
  io.write(ok and "{}" or pandoc.json.encode {error = tostring(problem)}, "\n")
  io.flush()
  -- What Lua holds of a chapter keeps pandoc from freeing it.
  done = done + 1
  if done % CHAPTERS_BETWEEN_COLLECTIONS == 0 then collectgarbage() end
end
