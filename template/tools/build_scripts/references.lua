-- Everything in a chapter that leads elsewhere: links, images, cross-references, terms, citations.
--
-- Nothing here knows other chapters. What depends on them is a placeholder and is reported.

local HERE = pandoc.path.directory(arg[0])
local slug = dofile(pandoc.path.join {HERE, "slug.lua"})
local ids = dofile(pandoc.path.join {HERE, "ids.lua"})
local stringify = pandoc.utils.stringify

local M = {}

--- Report something and return the placeholder that stands for it.
local function reported(list, kind, found)
  list:insert(found)
  return ids.placeholder(kind, #list - 1)
end

-- Links -------------------------------------------------------------------------------------

--- The chapter that a file belongs to as far as readers are concerned, or nil.
local function chapter_of_file(path, chapters)
  return chapters[path] or chapters[path:match("^(.*)/chapter%.md$")]
    or chapters[path:match("^(.*)/README%.md$")]
end

local function split_fragment(target)
  local path, fragment = target:match("^([^#]*)#(.*)$")
  return ids.decode((path or target):gsub("%?.*$", "")), fragment
end

--- Point a link at a chapter, or at a heading of it, wherever that will be printed.
local function link_to_chapter(link, chapter, fragment, report)
  local wanted = fragment and fragment ~= "" and slug.normal(ids.decode(fragment)) or nil
  local id = wanted and ids.qualify(wanted, chapter) or chapter.anchor
  link.target = reported(report.links, "L", {
    written = link.target, id = id, chapter = chapter.id, fragment = wanted,
  })
  return link
end

--- The address of a file in the repository, nil in a book without one.
function M.file_address(path, shared)
  if shared.files == "" then return nil end
  return shared.files .. path:gsub("[^%w/._~-]", function(c) return ("%%%02X"):format(c:byte()) end)
end

--- Point a link at a file of the repository: at its page there, or name it where there is none.
local function link_to_file(link, path, fragment, shared, report)
  report.links:insert {written = link.target, path = path}
  local address = M.file_address(path, shared)
  if address then
    link.target = address .. (fragment and "#" .. fragment or "")
    return link
  end
  local name = pandoc.Code(path)
  local text = stringify(link.content)
  if text == path or text == link.target or text == pandoc.path.filename(path) then
    return name
  end
  return link.content .. {pandoc.Space(), pandoc.Str("("), name, pandoc.Str(")")}
end

function M.finish_link(link, state, report)
  local target = link.target
  if target:match("^%a[%w+.-]*:") or target:sub(1, 2) == "//" then
    -- pandoc takes `redis:7` for an address too; GitHub does not.
    local is_bare = link.classes:includes("uri") and not target:match("^%a[%w+.-]*://")
    return is_bare and not target:match("^mailto:") and link.content or nil
  end
  local written, fragment = split_fragment(target)
  if written == "" then return link_to_chapter(link, state.chapter, fragment, report) end
  local path = ids.resolve(state.chapter.path, written)
  local chapter = path and chapter_of_file(path, state.chapters)
  if chapter then return link_to_chapter(link, chapter, fragment, report) end
  return link_to_file(link, path or written, fragment, state.shared, report)
end

-- Images ------------------------------------------------------------------------------------

--- Report an image of the book.
-- @param image whose source becomes a placeholder
-- @param written the address as the author wrote it
-- @param path relative to the book's root, nil when it is elsewhere
-- @param drawing the file that the image is made of at build time, nil when it is its own
function M.report_image(image, written, path, remote, report, drawing)
  image.src = reported(report.images, "I", {
    written = written, path = path, remote = remote, alt = stringify(image.caption),
    drawing = drawing,
  })
  return image
end

--- draw.io's drawings and exports need work before anything but a browser shows them.
local function is_drawing(path)
  return path and (path:match("%.drawio$") or path:match("%.drawio%.svg$"))
end

function M.finish_image(image, state, report)
  image.caption = image.caption:walk {
    Str = function(str) return pandoc.Str(ids.plain(str.text)) end,
  }
  local alt = image.attributes["fig-alt"]
  if alt then
    image.caption = pandoc.Inlines(alt)
    image.attributes["fig-alt"] = nil
  end
  local written = image.src
  local remote = written:match("^%a[%w+.-]*:") or written:sub(1, 2) == "//"
  local path = not remote and ids.resolve(state.chapter.path, ids.decode(written)) or nil
  if is_drawing(path) then
    local drawn = state.shared.diagrams .. "/" .. pandoc.utils.sha1(path) .. ".svg"
    return M.report_image(image, written, drawn, false, report, path)
  end
  return M.report_image(image, written, path, remote and true or false, report)
end

-- Cross-references and citations ------------------------------------------------------------

local function is_reference(citation)
  return ids.is_book_wide(citation.id)
end

--- `@fig-pool`, `[-@fig-pool]`, `[Fig. @fig-pool]`, `[@fig-pool; @fig-queue]`.
local function reference(cite, report)
  local first, last = cite.citations[1], cite.citations[#cite.citations]
  local prefix = stringify(first.prefix)
  local placeholder = reported(report.references, "R", {
    ids = cite.citations:map(function(citation) return citation.id end),
    number_only = first.mode == "SuppressAuthor",
    prefix = prefix ~= "" and prefix or nil,
  })
  return pandoc.Inlines {pandoc.Str(placeholder)} .. last.suffix
end

--- A citation of the bibliography stays for citeproc. What no bibliography knows and stands
-- without brackets, such as the name of a decorator, is text.
local function citation(cite, state, report)
  local unknown = cite.citations:filter(function(one) return not state.sources[one.id] end)
  if #unknown == 0 then
    state.is_citing = true
    return nil
  end
  local is_bare = #cite.citations == 1 and cite.citations[1].mode == "AuthorInText"
  if not (is_bare and not state.shared.bibliography) then
    for _, one in ipairs(unknown) do report.unknown_sources:insert(one.id) end
  end
  return cite.content
end

function M.finish_cite(cite, state, report)
  local references = cite.citations:filter(is_reference)
  if #references == #cite.citations then return reference(cite, report) end
  if #references > 0 then
    local source = cite.citations:find_if(function(one) return not is_reference(one) end)
    report.mixed_references:insert(source.id)
    return cite.content
  end
  return citation(cite, state, report)
end

-- Terms of the index and the glossary -------------------------------------------------------

local function term_id(text)
  return "gls-" .. slug.heading(pandoc.Inlines(text), {})
end

local function index_entry(span, state, report)
  local entry = span.attributes.entry or stringify(span.content)
  local id = state.chapter.prefix .. "index-" .. (#report.index_entries + 1)
  report.index_entries:insert {id = id, entry = entry}
  span.identifier = id
  span.attributes.entry = entry
  return span
end

local function glossary_term(span, report)
  local term = span.attributes.entry or stringify(span.content)
  local target = reported(report.links, "L", {written = term, id = term_id(term), term = term})
  return pandoc.Link(span.content, target, "", pandoc.Attr("", {"term"}))
end

function M.finish_span(span, state, report)
  if span.classes:includes("index") then return index_entry(span, state, report) end
  if span.classes:includes("gls") then return glossary_term(span, report) end
end

--- Give the terms of a glossary the ids that `[term]{.gls}` leads to.
function M.finish_glossary(div, report)
  div.content = div.content:walk {
    DefinitionList = function(list)
      list.content = list.content:map(function(item)
        local text = stringify(item[1])
        local id = term_id(text)
        report.ids:insert {id = id, written = id, explicit = true}
        report.terms:insert {id = id, term = text}
        item[1]:insert(1, pandoc.Span({}, pandoc.Attr(id)))
        return item
      end)
      return list
    end,
  }
  return div
end

return M
