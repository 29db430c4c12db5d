-- Pass 1: read chapters, number them, and say what they refer to.
--
-- Input:  {"shared": {"chapters": [{id, prefix, anchor, label, path}], "words": {"Note": …},
--          "files": the address that the paths of files are added to, or ""},
--          "jobs": [{"chapter": id, "text": Markdown}]}
-- Output: one line for each job: {"ast": …, "report": …}, or {"error": …}.
--
-- The AST is complete but for what needs other chapters: links already point to the ids that
-- other chapters will have, and the report lists them, so that Python can check them all.

local HERE = pandoc.path.directory(arg[0])
local slug = dofile(pandoc.path.join {HERE, "slug.lua"})
local known_language = dofile(pandoc.path.join {HERE, "languages.lua"})
local stringify = pandoc.utils.stringify

-- Pandoc's Markdown, made to agree with GitHub where the two differ on plain text.
local FORMAT = "markdown"
  .. "+alerts+emoji+lists_without_preceding_blankline"
  .. "-blank_before_header-blank_before_blockquote"
  .. "-raw_html-raw_tex-raw_attribute-native_spans-markdown_attribute"
  .. "-citations-implicit_header_references-auto_identifiers"
  .. "-yaml_metadata_block-pandoc_title_block"
-- Reading takes twice as long with it, so it is asked for where a bare address may stand.
local BARE_ADDRESSES = "+autolink_bare_uris"
-- Pipe tables with longer lines than this would get fixed widths; GitHub gives none.
local COLUMNS = 100000

local ALERTS = {
  note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution",
}
-- Ids with these prefixes are the author's labels and hold for the whole book.
local BOOK_WIDE = {sec = true, fig = true, tbl = true, lst = true, eq = true}
local HOLDS_BLOCKS = {
  BlockQuote = true, BulletList = true, DefinitionList = true, Div = true, OrderedList = true,
}
local CODE_OPTIONS = {numberLines = true, ["number-lines"] = true, lineAnchors = true}

local function is_book_wide(id)
  return BOOK_WIDE[id:match("^(%a+)%-")] == true
end

--- The id that an author's id, unique in a chapter, has in the book.
local function qualify(id, chapter)
  return is_book_wide(id) and id or chapter.prefix .. id
end

--- Undo percent-encoding, where that gives text.
local function decode(text)
  local bytes = text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  return utf8.len(bytes) and bytes or text
end

--- The path, relative to the book's root, that a link in a directory means; nil when it leaves it.
local function resolve(directory, link)
  local parts = {}
  local whole = link:sub(1, 1) == "/" and link or directory .. "/" .. link
  for part in whole:gmatch("[^/]+") do
    if part == ".." then
      if #parts == 0 then return nil end
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, "/")
end

-- Headings ----------------------------------------------------------------------------------

--- The ids in the book that a former id of a heading may have had: one like `sec-rules` was a
-- label, or was made of the title "Sec rules".
local function former_ids(written, chapter)
  local of_title = chapter.prefix .. written
  return is_book_wide(written) and {of_title, written} or {of_title}
end

--- Take the classes `was-…` from a heading, and report what they name as aliases of its id.
local function take_aliases(header, id, chapter, report)
  local aliases = pandoc.List {}
  header.classes = header.classes:filter(function(class)
    local written = class:match("^was%-(.*)$")
    local former = written and former_ids(slug.normal(written), chapter) or {}
    for _, alias in ipairs(former) do
      aliases:insert {id = alias, written = written, target = id}
    end
    return not written
  end)
  report.aliases:extend(aliases)
  -- What pandoc does not read as attributes would be printed.
  local last = header.content[#header.content]
  local misread = last and last.t == "Str" and last.text:match("%.was%-[^{}]*}$")
  if misread then report.misread:insert(misread) end
  return aliases
end

--- Remove the chapter's own heading: the title is printed from book.yml.
local function drop_title(blocks, state, report)
  for place, block in ipairs(blocks) do
    if block.t == "Header" then
      if block.level == 1 then
        report.title_slug = slug.heading(block.content, state.used)
        take_aliases(block, state.chapter.anchor, state.chapter, report)
        blocks:remove(place)
      end
      return
    end
  end
end

--- Close gaps in the levels: below ## stands ###, whatever was written.
local function close_gap(header, state)
  header.level = math.max(2, math.min(header.level, state.level + 1))
  state.level = header.level
end

local function number_heading(header, state)
  local counters = state.counters
  counters[header.level] = (counters[header.level] or 0) + 1
  for deeper = header.level + 1, 6 do counters[deeper] = 0 end
  local numbers = {state.chapter.label}
  for level = 2, header.level do numbers[#numbers + 1] = counters[level] or 0 end
  local number = table.concat(numbers, ".")
  local span = pandoc.Span({pandoc.Str(number)}, pandoc.Attr("", {"header-section-number"}))
  header.content:insert(1, pandoc.Space())
  header.content:insert(1, span)
  return number
end

local function identify_heading(header, state, report)
  local chapter, explicit = state.chapter, header.identifier ~= ""
  local written = explicit and header.identifier or slug.heading(header.content, state.used)
  state.used[written] = true
  header.identifier = explicit and qualify(written, chapter) or chapter.prefix .. written
  report.ids:insert {id = header.identifier, written = written, explicit = explicit}
end

local function finish_heading(header, state, report, numbered)
  close_gap(header, state)
  identify_heading(header, state, report)
  local text = stringify(header.content:walk {Note = function() return {} end})
  local aliases = take_aliases(header, header.identifier, state.chapter, report)
  for place, alias in ipairs(aliases) do
    header.content:insert(place, pandoc.Span({}, pandoc.Attr(alias.id)))
  end
  local number = numbered and number_heading(header, state) or nil
  report.headings:insert {
    id = header.identifier, level = header.level, text = text, number = number,
  }
  return header
end

--- Number the headings; those inside quotations, lists and callouts belong to no section.
local function finish_headings(blocks, state, report)
  for place, block in ipairs(blocks) do
    if block.t == "Header" then
      if block.level == 1 then report.extra_titles:insert(stringify(block.content)) end
      local numbered = not block.classes:includes("unnumbered")
      blocks[place] = finish_heading(block, state, report, numbered)
    elseif HOLDS_BLOCKS[block.t] then
      blocks[place] = block:walk {
        Header = function(header)
          header.classes:insert("unnumbered")
          return finish_heading(header, state, report, false)
        end,
      }
    end
  end
end

-- Links and images --------------------------------------------------------------------------

--- The chapter that a file belongs to as far as readers are concerned, or nil.
local function chapter_of_file(path, chapters)
  return chapters[path] or chapters[path:match("^(.*)/chapter%.md$")]
    or chapters[path:match("^(.*)/README%.md$")]
end

local function split_fragment(target)
  local path, fragment = target:match("^([^#]*)#(.*)$")
  return decode((path or target):gsub("%?.*$", "")), fragment
end

--- Point a link at a chapter, or at a heading of it, wherever that will be printed.
local function link_to_chapter(link, chapter, fragment, report)
  local wanted = fragment and fragment ~= "" and slug.normal(decode(fragment)) or nil
  local id = wanted and qualify(wanted, chapter) or chapter.anchor
  report.links:insert {
    written = link.target, id = id, chapter = chapter.id, fragment = wanted,
  }
  link.target = "#" .. id
  return link
end

--- Point a link at a file of the repository: at its page there, or name it where there is none.
local function link_to_file(link, path, fragment, shared, report)
  report.links:insert {written = link.target, path = path}
  if shared.files ~= "" then
    local place = path:gsub("[^%w/._~-]", function(c) return ("%%%02X"):format(c:byte()) end)
    link.target = shared.files .. place .. (fragment and "#" .. fragment or "")
    return link
  end
  local name = pandoc.Code(path)
  local text = stringify(link.content)
  if text == path or text == link.target or text == pandoc.path.filename(path) then
    return name
  end
  return link.content .. {pandoc.Space(), pandoc.Str("("), name, pandoc.Str(")")}
end

local function finish_link(link, state, report)
  local target = link.target
  if target:match("^%a[%w+.-]*:") or target:sub(1, 2) == "//" then
    -- pandoc takes `redis:7` for an address too; GitHub does not.
    local is_bare = link.classes:includes("uri") and not target:match("^%a[%w+.-]*://")
    return is_bare and not target:match("^mailto:") and link.content or nil
  end
  local written, fragment = split_fragment(target)
  if written == "" then return link_to_chapter(link, state.chapter, fragment, report) end
  local path = resolve(state.chapter.path, written)
  local chapter = path and chapter_of_file(path, state.chapters)
  if chapter then return link_to_chapter(link, chapter, fragment, report) end
  return link_to_file(link, path or written, fragment, state.shared, report)
end

local function finish_image(image, state, report)
  local written = image.src
  local remote = written:match("^%a[%w+.-]*:") or written:sub(1, 2) == "//"
  local path = not remote and resolve(state.chapter.path, decode(written)) or nil
  report.images:insert {
    written = written, path = path, remote = remote and true or false,
    alt = stringify(image.caption),
  }
  image.src = path or written
  return image
end

-- Everything else ---------------------------------------------------------------------------

--- Keep the classes that the highlighter knows, and remember the language as it was written.
local function finish_code(code, _, report)
  if code.attributes.include then report.includes:insert(code.attributes.include) end
  local kept, language = {}, nil
  for _, class in ipairs(code.classes) do
    if CODE_OPTIONS[class] then
      kept[#kept + 1] = class
    elseif not language then
      language = class
      kept[#kept + 1] = known_language(class)
    end
  end
  code.classes = kept
  code.attributes["data-language"] = language
end

--- Give every callout a title in the book's language, also those written as `::: warning`.
local function finish_callout(div, words)
  for class, word in pairs(ALERTS) do
    if div.classes:includes(class) then
      local title = pandoc.Div({pandoc.Para {pandoc.Str(words[word] or word)}}, {class = "title"})
      local first = div.content[1]
      local has_title = first and first.t == "Div" and first.classes:includes("title")
      if has_title then div.content:remove(1) end
      div.content:insert(1, title)
      return
    end
  end
end

--- Make the widths of a grid table, which pandoc takes from COLUMNS, parts of the whole again.
local function finish_table(tbl)
  local total = 0
  for _, spec in ipairs(tbl.colspecs) do total = total + (spec[2] or 0) end
  if total == 0 then return end
  tbl.colspecs = tbl.colspecs:map(function(spec)
    return {spec[1], spec[2] and spec[2] / total or nil}
  end)
end

local function finish_elements(blocks, state, report)
  local formulas = pandoc.List {}

  local function qualified(element)
    local id = element.identifier
    if id == "" then return end
    element.identifier = qualify(id, state.chapter)
    report.ids:insert {id = element.identifier, written = id, explicit = true}
  end

  local function finish(...)
    local steps = {...}
    return function(element)
      qualified(element)
      local changed = nil
      for _, step in ipairs(steps) do changed = step(element, state, report) or changed end
      return changed or element
    end
  end

  local done = blocks:walk {
    Code = finish(finish_code),
    CodeBlock = finish(finish_code),
    Div = finish(function(div) finish_callout(div, state.shared.words) end),
    Figure = finish(),
    Image = finish(finish_image),
    Link = finish(finish_link),
    Math = function(formula) formulas:insert(formula) end,
    Span = finish(),
    Table = finish(finish_table),
  }
  return done, formulas
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

local function format_of(text)
  local bare = text:gsub("[(<]https?://", ""):find("https?://")
  return bare and FORMAT .. BARE_ADDRESSES or FORMAT
end

local function parse(job, shared, chapters, by_path)
  local report = {
    ids = pandoc.List {}, aliases = pandoc.List {}, headings = pandoc.List {},
    links = pandoc.List {}, images = pandoc.List {}, extra_titles = pandoc.List {},
    includes = pandoc.List {}, misread = pandoc.List {},
  }
  local log, doc = pandoc.log.silence(pandoc.read, job.text, format_of(job.text), {
    columns = COLUMNS,
  })
  local state = {
    chapter = chapters[job.chapter], chapters = by_path, shared = shared,
    used = {}, counters = {}, level = 1,
  }
  drop_title(doc.blocks, state, report)
  report.empty = #doc.blocks == 0
  local blocks, formulas = finish_elements(doc.blocks, state, report)
  finish_headings(blocks, state, report)
  report.messages = messages(log) .. check_formulas(formulas)
  local ast = pandoc.write(pandoc.Pandoc(blocks), "json")
  return '{"ast":' .. ast .. ',"report":' .. pandoc.json.encode(report) .. "}"
end

local input = pandoc.json.decode(io.read("a"), false)
local by_id, by_path = {}, {}
for _, chapter in ipairs(input.shared.chapters) do
  by_id[chapter.id], by_path[chapter.path] = chapter, chapter
end
for _, job in ipairs(input.jobs) do
  local ok, answer = pcall(parse, job, input.shared, by_id, by_path)
  io.write(ok and answer or pandoc.json.encode {error = tostring(answer)}, "\n")
  io.flush()
end
