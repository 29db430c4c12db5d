-- The headings of a chapter: their levels, numbers and ids, and the ids that they had before.

local slug = dofile(pandoc.path.join {pandoc.path.directory(arg[0]), "slug.lua"})
local ids = dofile(pandoc.path.join {pandoc.path.directory(arg[0]), "ids.lua"})
local stringify = pandoc.utils.stringify

local HOLDS_BLOCKS = {
  BlockQuote = true, BulletList = true, DefinitionList = true, Div = true, OrderedList = true,
}

--- The ids in the book that a former id of a heading may have had: one like `sec-rules` was a
-- label, or was made of the title "Sec rules".
local function former_ids(written, chapter)
  local of_title = chapter.prefix .. written
  return ids.is_book_wide(written) and {of_title, written} or {of_title}
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

--- The heading as GitHub sees it, which knows no references.
local function as_written(inlines, report)
  if not stringify(inlines):find("\u{FDD0}", 1, true) then return inlines end
  return inlines:walk {
    Str = function(str)
      local place = str.text:match("^\u{FDD0}R(%d+)\u{FDD1}$")
      local reference = place and report.references[tonumber(place) + 1]
      return reference and pandoc.Str("@" .. table.concat(reference.ids, "@")) or nil
    end,
  }
end

local function identify_heading(header, state, report)
  local chapter, explicit = state.chapter, header.identifier ~= ""
  local written = explicit and header.identifier
    or slug.heading(as_written(header.content, report), state.used)
  state.used[written] = true
  header.identifier = explicit and ids.qualify(written, chapter) or chapter.prefix .. written
  report.ids:insert {id = header.identifier, written = written, explicit = explicit}
end

local function finish_heading(header, state, report, numbered)
  close_gap(header, state)
  identify_heading(header, state, report)
  local text = ids.plain(stringify(header.content))
  local aliases = take_aliases(header, header.identifier, state.chapter, report)
  for place, alias in ipairs(aliases) do
    header.content:insert(place, pandoc.Span({}, pandoc.Attr(alias.id)))
  end
  local number = numbered and number_heading(header, state) or nil
  report.headings:insert {
    id = header.identifier, level = header.level, text = text, number = number,
  }
  if number then
    state.section = number
    report.labels:insert {id = header.identifier, number = number}
  end
  return header
end

--- Note the number of the section that the index's places in a block are in.
local function locate_places(block, entries, section)
  block:walk {
    Span = function(span)
      local entry = entries[span.identifier]
      if entry then entry.section = section end
    end,
  }
end

local M = {}

--- Remove the chapter's own heading: the title is printed from book.yml.
function M.drop_title(blocks, state, report)
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

--- Number the headings; those inside quotations, lists and callouts, which there may be if
-- `nested`, belong to no section.
function M.finish(blocks, nested, state, report)
  local entries = {}
  for _, entry in ipairs(report.index_entries) do entries[entry.id] = entry end
  for place, block in ipairs(blocks) do
    if block.t == "Header" then
      if block.level == 1 then report.extra_titles:insert(stringify(block.content)) end
      local numbered = not block.classes:includes("unnumbered")
      blocks[place] = finish_heading(block, state, report, numbered)
    elseif nested and HOLDS_BLOCKS[block.t] then
      blocks[place] = block:walk {
        Header = function(header)
          header.classes:insert("unnumbered")
          return finish_heading(header, state, report, false)
        end,
      }
    end
    if next(entries) then locate_places(blocks[place], entries, state.section) end
  end
end

return M
