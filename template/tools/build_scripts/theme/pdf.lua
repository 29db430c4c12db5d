-- Prepares the text of a book for Typst.
--
-- What pandoc's writer would lose (alternative texts, callouts, languages, ids of listings) is
-- written as calls of the functions of book.typ.

local CALLOUTS = {note = true, tip = true, important = true, warning = true, caution = true}
local UNITS = {["%"] = true, pt = true, mm = true, cm = true, ["in"] = true, em = true}

local stringify = pandoc.utils.stringify

local function raw(code)
  return pandoc.RawInline("typst", code)
end

local function raw_block(code)
  return pandoc.RawBlock("typst", code)
end

local function quoted(text)
  return '"' .. text:gsub("[\\\"]", "\\%0"):gsub("\n", "\\n"):gsub("\r", "") .. '"'
end

--- A place that links lead to, before an element whose id pandoc's writer drops.
local function anchor(id)
  return "#anchor(" .. quoted(id) .. ")"
end

-- Pictures ----------------------------------------------------------------------------------

--- A length of an attribute; a bare number is pixels, of which 96 make an inch, as on the web.
local function length(value)
  local number, unit = (value or ""):match("^%s*([%d.]+)%s*(%a*%%?)%s*$")
  if not tonumber(number) then return nil end
  if unit == "" or unit == "px" then return ("%.2fpt"):format(tonumber(number) * 0.75) end
  return UNITS[unit] and number .. unit or nil
end

--- The call that draws an image; one without a text is an ornament, of which nothing is told.
local function picture(image, name)
  local alt = image.attributes.alt or stringify(image.caption)
  local file = quoted("/" .. image.src)
  local drawing = alt == "" and "pdf.artifact(image(" .. file .. "))"
    or "image(" .. file .. ", alt: " .. quoted(alt) .. ")"
  local arguments = pandoc.List {drawing}
  for _, side in ipairs {"width", "height"} do
    local value = length(image.attributes[side])
    if value then arguments:insert(side .. ": " .. value) end
  end
  local place = image.identifier ~= "" and anchor(image.identifier) or ""
  return raw(place .. "#" .. name .. "(" .. table.concat(arguments, ", ") .. ")")
end

-- Pictures that stand alone come first, so that those left are in a line of text.
local alone = {}

function alone.Figure(figure)
  figure.content = figure.content:walk {
    Image = function(image) return picture(image, "picture") end,
  }
  return figure
end

function alone.Para(paragraph)
  local content = paragraph.content
  if #content == 1 and content[1].t == "Image" then
    return pandoc.Plain {picture(content[1], "picture")}
  end
end

--- Ids within a heading would stand in the contents again; they become ids of the heading.
function alone.Header(header)
  local ids = pandoc.List {}
  header.content = header.content:walk {
    Span = function(span)
      if span.identifier == "" then return nil end
      ids:insert(span.identifier)
      span.identifier = ""
      return span
    end,
  }
  header.attributes.aliases = #ids > 0 and table.concat(ids, " ") or nil
  return header
end

-- Inlines -----------------------------------------------------------------------------------

--- The call that sets the language and the direction of what follows, nil where it has none.
local function language_call(element, name)
  local arguments = pandoc.List {}
  local tag, direction = element.attributes.lang or "", element.attributes.dir
  -- Typst wants the language and the region of a BCP 47 tag apart.
  local language, region = tag:match("^(%a%a%a?)%f[%A]"), tag:match("%-(%a%a)%f[%A]")
  if language then arguments:insert("lang: " .. quoted(language:lower())) end
  if language and region then arguments:insert("region: " .. quoted(region:upper())) end
  if direction == "rtl" or direction == "ltr" then arguments:insert("dir: " .. direction) end
  return #arguments > 0 and "#" .. name .. "(" .. table.concat(arguments, ", ") .. ")[" or nil
end

local inlines = {}

function inlines.Image(image)
  return picture(image, "inline-picture")
end

function inlines.Math(formula)
  return {raw("#formula(" .. quoted(formula.text) .. ")["), formula, raw "]"}
end

function inlines.Span(span)
  local place = span.identifier ~= "" and pandoc.List {raw(anchor(span.identifier))} or {}
  span.identifier = ""
  local call = language_call(span, "text")
  if not call then return pandoc.Inlines(place) .. {span} end
  return pandoc.Inlines(place) .. {raw(call)} .. span.content .. {raw "]"}
end

function inlines.Code(code)
  local language = code.attributes["data-language"]
  local place = code.identifier ~= "" and anchor(code.identifier) or ""
  code.classes = {language}
  return place == "" and code or {raw(place), code}
end

-- Blocks ------------------------------------------------------------------------------------

--- Split the number that the chapters' reader put before a title from the title.
local function split_number(content)
  local first = content[1]
  local has_number = first and first.t == "Span"
    and first.classes:includes "header-section-number"
  if not has_number then return nil, content end
  content:remove(1)
  if content[1] and content[1].t == "Space" then content:remove(1) end
  return stringify(first), content
end

local blocks = {}

--- The other ids of a heading, as an array of Typst's.
local function aliases_of(header)
  local ids = pandoc.List {}
  for id in (header.attributes.aliases or ""):gmatch("%S+") do ids:insert(quoted(id) .. ", ") end
  return "(" .. table.concat(ids) .. ")"
end

function blocks.Header(header)
  local number, title = split_number(header.content)
  local notes = pandoc.Inlines {}
  title = title:walk {
    Note = function(note)
      notes:insert(note)
      return {}
    end,
  }
  local call = ("#section(base + %d, %d, %s, %s, %s, %s, ["):format(
    header.level, header.level, number and quoted(number) or "none",
    quoted(stringify(title)), quoted(header.identifier), aliases_of(header)
  )
  return pandoc.Plain(pandoc.Inlines {raw(call)} .. notes .. {raw "])["} .. title .. {raw "]"})
end

function blocks.CodeBlock(code)
  -- Typst knows other languages than pandoc, and prints those it does not know as they are.
  code.classes = {code.attributes["data-language"]}
  if code.identifier == "" then return code end
  return {raw_block(anchor(code.identifier)), code}
end

local function callout(kind, div)
  local title = pandoc.utils.blocks_to_inlines(div.content[1].content)
  div.content:remove(1)
  local head = pandoc.Inlines {raw("#callout(" .. quoted(kind) .. ", [")} .. title
  return pandoc.Blocks {pandoc.Plain(head .. {raw "])["})} .. div.content .. {raw_block "]"}
end

function blocks.Div(div)
  local place = div.identifier ~= "" and {raw_block(anchor(div.identifier))} or {}
  local title = div.content[1]
  local has_title = title and title.t == "Div" and title.classes:includes "title"
  for _, class in ipairs(div.classes) do
    if CALLOUTS[class] and has_title then return pandoc.Blocks(place) .. callout(class, div) end
  end
  -- The title waits for the callout that it is in.
  if div.classes:includes "title" then return nil end
  local call = language_call(div, "foreign")
  if not call then return pandoc.Blocks(place) .. div.content end
  return pandoc.Blocks(place) .. {raw_block(call)} .. div.content .. {raw_block "]"}
end

--- The writer would join the paragraphs of a definition.
function blocks.DefinitionList(list)
  local result = pandoc.Blocks {}
  for _, item in ipairs(list.content) do
    result:insert(pandoc.Plain(pandoc.Inlines {raw "#terms.item(["} .. item[1] .. {raw "])["}))
    for _, definition in ipairs(item[2]) do
      for _, block in ipairs(definition) do
        result:insert(block.t == "Plain" and pandoc.Para(block.content) or block)
      end
    end
    result:insert(raw_block "]")
  end
  return result
end

function blocks.Table(tbl)
  tbl.head.rows = tbl.head.rows:map(function(row)
    row.cells = row.cells:map(function(cell)
      cell.contents = cell.contents:walk {
        Plain = function(plain) return pandoc.Plain {pandoc.Strong(plain.content)} end,
      }
      return cell
    end)
    return row
  end)
  return tbl
end

return {alone, inlines, blocks}
