-- A chapter as Markdown that GitHub renders and that pandoc reads back to the same structure.
--
-- What Python needs to finish the file stands between characters that no text has: each heading
-- ends with U+FDD2 id U+FDD3 its text U+FDD4, since GitHub makes its fragment of the text, which
-- holds references that only Python knows.

local stringify = pandoc.utils.stringify
local common = dofile(pandoc.path.join {pandoc.path.directory(arg[0]), "blocks.lua"})
local paragraphs, CALLOUTS = common.paragraphs, common.CALLOUTS
-- What numbers its own lines, and so takes no number of ours.
local NUMBERED = {
  align = true, alignat = true, eqnarray = true, equation = true, flalign = true, gather = true,
  multline = true,
}
local SIDES = {{"before", "Before"}, {"after", "After"}}
local HEADING = "\u{FDD2}%s\u{FDD3}%s\u{FDD4}"
local OPTIONS = {wrap_text = "none"}
local NO_ATTRIBUTES = pandoc.Attr()
local SEPARATOR = pandoc.Inlines {pandoc.Space(), pandoc.Str("·"), pandoc.Space()}
local BREAK = pandoc.RawInline("html", "<br>")

-- Small parts -------------------------------------------------------------------------------

local function html(text) return pandoc.RawInline("html", text) end

--- The place that links to an id lead to; nothing where there is no id.
local function anchor(id)
  if id == "" then return pandoc.Inlines {} end
  return pandoc.Inlines {html(('<a id="%s"></a>'):format(id:gsub('[&<>"]', "")))}
end

local function is_text(block)
  return block ~= nil and (block.t == "Para" or block.t == "Plain")
end

--- Put text before blocks, into their first paragraph if they begin with one.
local function with_text(inlines, blocks)
  if #inlines == 0 then return blocks end
  local done = blocks:clone()
  if is_text(done[1]) then
    -- A lone text without a paragraph is the item of a tight list.
    local kind = #done == 1 and done[1].t or "Para"
    done[1] = pandoc[kind](inlines .. done[1].content)
  else
    done:insert(1, pandoc.Para(inlines))
  end
  return done
end

--- The text of the first block of a Div: a title, a caption, a source.
local function text_of(div)
  return is_text(div.content[1]) and div.content[1].content or pandoc.Inlines {}
end

local function callout_class(block)
  if block.t ~= "Div" then return nil end
  for _, class in ipairs(block.classes) do
    if CALLOUTS[class] then return class end
  end
end

--- Take the Divs of some classes from blocks: {class = its Div}, and the other blocks.
local function take(blocks, ...)
  local wanted, found, rest = {}, {}, pandoc.Blocks {}
  for _, class in ipairs {...} do wanted[class] = true end
  for _, block in ipairs(blocks) do
    local class = block.t == "Div" and block.classes[1]
    if class and wanted[class] and not found[class] then
      found[class] = block
    else
      rest:insert(block)
    end
  end
  return found, rest
end

-- Headings ----------------------------------------------------------------------------------

--- The text that GitHub makes the fragment of a heading of.
local function heading_text(inlines)
  return stringify(inlines:walk {
    Image = function() return {} end,
    Note = function() return {} end,
    Span = function(span)
      -- `:rocket:` is a word there too.
      local name = span.attributes["data-emoji"]
      return name and pandoc.Str(name) or nil
    end,
  })
end

local function is_number(inline)
  return inline ~= nil and inline.t == "Span" and inline.classes[1] == "header-section-number"
end

--- The words of a heading without markup, or nil: most have none, and need no walks.
local function bare_words(inlines)
  local number = is_number(inlines[1])
  for place = number and 2 or 1, #inlines do
    local kind = inlines[place].t
    if kind ~= "Str" and kind ~= "Space" then return nil end
  end
  return number and inlines:remove(1).content .. inlines or inlines
end

--- The content of a heading, its text, and the places of its former ids.
local function read_heading(inlines, filter)
  local bare = bare_words(inlines)
  if bare then return bare, stringify(bare), pandoc.Inlines {} end
  local former = pandoc.Inlines {}
  local content = inlines:walk {
    Span = function(span)
      if span.identifier == "" then return nil end
      former:extend(anchor(span.identifier))
      return span.content
    end,
  }
  return content:walk(filter), heading_text(content), former
end

--- Move a heading below the book's title, and put its former ids before it.
local function finish_heading(header, filter)
  local content, text, former = read_heading(header.content, filter)
  content:insert(html(HEADING:format(header.identifier, text)))
  local heading = pandoc.Header(math.min(header.level + 1, 6), content)
  return #former > 0 and {pandoc.Para(former), heading} or heading
end

-- Tables ------------------------------------------------------------------------------------

--- Code in a cell, where GitHub ends the cell at a bar that is not escaped.
local function cell_code(code)
  if not code.text:find("|", 1, true) then return nil end
  local longest = 0
  for ticks in code.text:gmatch("`+") do longest = math.max(longest, #ticks) end
  local fence = ("`"):rep(longest + 1)
  local space = longest > 0 and " " or ""
  return html(fence .. space .. code.text:gsub("|", "\\|") .. space .. fence)
end

local function cell_math(formula)
  formula.text = formula.text:gsub("\\|", "\\Vert "):gsub("|", "\\vert ")
  formula.mathtype = "InlineMath" -- a cell is one line
  return formula
end

local CELL = {Code = cell_code, LineBreak = function() return BREAK end, Math = cell_math}

local function code_lines(text)
  local lines = pandoc.List {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    lines:insert(pandoc.Inlines {pandoc.Code(line)})
  end
  return lines
end

local cell_lines

local function item_lines(items, mark)
  local lines = pandoc.List {}
  for place, item in ipairs(items) do
    local inside = cell_lines(item)
    inside[1] = pandoc.Inlines {pandoc.Str(mark(place)), pandoc.Space()} .. (inside[1] or {})
    lines:extend(inside)
  end
  return lines
end

--- The lines that blocks take in a cell, which can hold no blocks.
function cell_lines(blocks)
  local lines = pandoc.List {}
  for _, block in ipairs(blocks) do
    if is_text(block) then
      lines:insert(block.content)
    elseif block.t == "BulletList" then
      lines:extend(item_lines(block.content, function() return "•" end))
    elseif block.t == "OrderedList" then
      lines:extend(item_lines(block.content, function(place) return place .. "." end))
    elseif block.t == "CodeBlock" then
      lines:extend(code_lines(block.text))
    else
      lines:insert(pandoc.utils.blocks_to_inlines({block}, {BREAK}))
    end
  end
  return lines
end

local function finish_cell(cell, filter)
  local content = pandoc.Inlines {}
  for place, line in ipairs(cell_lines(cell.contents:walk(filter))) do
    if place > 1 then content:insert(BREAK) end
    content:extend(line)
  end
  return pandoc.Cell {pandoc.Plain(content:walk(CELL))}
end

--- The rows of a part of a table, cells that span several places followed by empty ones.
local function finish_rows(rows, width, filter)
  local below = {} -- how many more rows a cell above takes, by column
  return rows:map(function(row)
    local cells, given = pandoc.List {}, 1
    while #cells < width do
      local column = #cells + 1
      local cell = row.cells[given]
      if (below[column] or 0) > 0 then
        below[column] = below[column] - 1
        cells:insert(pandoc.Cell {})
      elseif not cell then
        cells:insert(pandoc.Cell {})
      else
        given = given + 1
        cells:insert(finish_cell(cell, filter))
        for more = 1, cell.col_span do
          below[column + more - 1] = cell.row_span - 1
          if more > 1 then cells:insert(pandoc.Cell {}) end
        end
      end
    end
    return pandoc.Row(cells)
  end)
end

--- Whether each cell holds one line, as in every table that GitHub has.
local function is_plain(tbl)
  local body = tbl.bodies[1]
  if #tbl.head.rows > 1 or #tbl.foot.rows > 0 or #tbl.bodies ~= 1 or #body.head > 0 then
    return false
  end
  for _, rows in ipairs {tbl.head.rows, body.body} do
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do
        local first = cell.contents[1]
        local is_line = not first or #cell.contents == 1 and first.t == "Plain"
        if not is_line or cell.col_span > 1 or cell.row_span > 1 then return false end
      end
    end
  end
  return true
end

--- The same table with one line in each cell.
local function with_lines(tbl, filter)
  local width = #tbl.colspecs
  local head = finish_rows(tbl.head.rows, width, filter)
  local rows = pandoc.List {}
  for place = 2, #head do rows:insert(head[place]) end
  for _, body in ipairs(tbl.bodies) do
    rows:extend(finish_rows(body.head, width, filter))
    rows:extend(finish_rows(body.body, width, filter))
  end
  rows:extend(finish_rows(tbl.foot.rows, width, filter))
  return pandoc.Table(
    tbl.caption, tbl.colspecs, pandoc.TableHead {head[1]},
    {{attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = 0}},
    pandoc.TableFoot {}
  )
end

--- A table of one line a row, which is all that GitHub has, below its caption.
local function finish_table(tbl, filter)
  local caption, place = pandoc.utils.blocks_to_inlines(tbl.caption.long), anchor(tbl.identifier)
  tbl.caption, tbl.attr = pandoc.Caption(), pandoc.Attr()
  tbl.colspecs = tbl.colspecs:map(function(spec) return {spec[1], nil} end)
  -- A walk for each cell would be dear.
  local done = is_plain(tbl) and tbl:walk(filter):walk(CELL) or with_lines(tbl, filter)
  return with_text(place .. caption:walk(filter), pandoc.Blocks {done})
end

-- Code --------------------------------------------------------------------------------------

--- A listing without a language is marked as text: indented, it would lose its empty lines.
local function plain_code(code)
  local language = code.attributes["data-language"] or code.classes[1] or "text"
  return pandoc.CodeBlock(code.text, pandoc.Attr("", {language}))
end

--- The line above code: a title, and the file that it is from.
local function code_title(id, title, source)
  local from = source and text_of(source) or pandoc.Inlines {}
  local between = #title > 0 and #from > 0 and SEPARATOR or pandoc.Inlines {}
  return anchor(id) .. title .. between .. from
end

--- The lines of a listing that carry each callout, as GitHub names lines: {[1] = {"L2"}}.
local function marked_lines(code)
  local lines = {}
  for line, number in (code.attributes["data-marks"] or ""):gmatch("(%d+):(%d+)") do
    local place = tonumber(number)
    lines[place] = lines[place] or pandoc.List {}
    lines[place]:insert("L" .. line)
  end
  return lines
end

local function finish_listing(div, filter, words)
  local parts, rest = take(div.content, "caption", "source")
  local title = parts.caption and text_of(parts.caption) or pandoc.Inlines {}
  if #title == 0 and div.classes:includes("output") then
    title = pandoc.Inlines {pandoc.Strong {pandoc.Str(words.Output or "Output")}}
  end
  local opening = code_title(div.identifier, title, parts.source)
  if #rest == 1 and rest[1].t == "CodeBlock" then
    -- Without a `false`, the walk goes on in the opening; one of its own would be dear.
    return with_text(opening, (filter.CodeBlock(rest[1])))
  end
  return with_text(opening, rest):walk(filter), false
end

--- What changes between two listings: the one above the other, each with its title.
local function finish_comparison(div, filter, words)
  local parts = take(div.content, "caption", "before", "after")
  local title = parts.caption and text_of(parts.caption) or pandoc.Inlines {}
  local blocks = pandoc.Blocks {}
  for _, pair in ipairs(SIDES) do
    local side, word = parts[pair[1]], pair[2]
    if side then
      local inner, code = take(side.content, "source")
      local name = pandoc.Inlines {pandoc.Strong {pandoc.Str(words[word] or word)}}
      blocks:extend(with_text(code_title("", name, inner.source), code))
    end
  end
  local opening = anchor(div.identifier) .. title
  if #opening > 0 then blocks:insert(1, pandoc.Para(opening)) end
  return blocks:walk(filter)
end

--- The notes to the marked lines of the listing before, each with its lines.
local function finish_annotations(div, filter, marks)
  local blocks = div.content:clone()
  for number, block in ipairs(blocks) do
    if block.t == "OrderedList" then
      local items = block.content:map(function(item, place)
        local lines = marks[place]
        if not lines then return item end
        local label = pandoc.Strong {pandoc.Str(table.concat(lines, ", ") .. ":")}
        return with_text(pandoc.Inlines {label, pandoc.Space()}, pandoc.Blocks(item))
      end)
      blocks[number] = pandoc.OrderedList(items, block.listAttributes)
    end
  end
  return blocks:walk(filter)
end

-- Other blocks ------------------------------------------------------------------------------

--- The title of a callout, if it says more than what GitHub writes itself.
local function own_title(div, class, words)
  local first = div.content[1]
  if not first or first.t ~= "Div" or not first.classes:includes("title") then
    return pandoc.Inlines {}, div.content
  end
  local rest = div.content:clone()
  rest:remove(1)
  local title = text_of(first)
  local usual = words[CALLOUTS[class]] or CALLOUTS[class]
  return stringify(title) == usual and pandoc.Inlines {} or title, rest
end

--- A callout as GitHub has it, which must not stand inside anything else.
local function alert(div, class, filter, words)
  local title, rest = own_title(div, class, words)
  local blocks = rest:walk(filter)
  if #title > 0 then blocks:insert(1, pandoc.Para {pandoc.Strong(title:walk(filter))}) end
  local sign = pandoc.Inlines {html(("[!%s]"):format(class:upper()))}
  if is_text(blocks[1]) then sign:insert(html("\n")) end
  return with_text(anchor(div.identifier), pandoc.Blocks {pandoc.BlockQuote(with_text(sign, blocks))})
end

--- A callout inside something else: a quotation with its title.
local function quoted_callout(div, class, filter, words)
  local title, rest = own_title(div, class, words)
  if #title == 0 then title = pandoc.Inlines {pandoc.Str(words[CALLOUTS[class]] or CALLOUTS[class])} end
  local opening = pandoc.Para(anchor(div.identifier) .. {pandoc.Strong(title:walk(filter))})
  return pandoc.BlockQuote(pandoc.Blocks {opening} .. rest:walk(filter))
end

local function finish_tabs(div, filter, write)
  local blocks = pandoc.Blocks {}
  for _, tab in ipairs(div.content) do
    local parts, rest = take(tab.content, "title")
    if parts.title then
      blocks:insert(pandoc.Para {pandoc.Strong(text_of(parts.title):walk(filter))})
    end
    blocks:extend(write(rest))
  end
  return with_text(anchor(div.identifier), blocks)
end

local function finish_details(div, filter)
  local parts, rest = take(div.content, "title")
  local title = parts.title and text_of(parts.title) or pandoc.Inlines {}
  local summary = pandoc.write(pandoc.Pandoc {pandoc.Plain(title)}, "html", OPTIONS)
  local opening = ("<details>\n<summary>%s</summary>"):format(summary:gsub("\n", " "))
  local blocks = rest:walk(filter)
  blocks:insert(1, pandoc.RawBlock("html", opening))
  blocks:insert(pandoc.RawBlock("html", "</details>"))
  return with_text(anchor(div.identifier), blocks)
end

local function finish_figure(figure, filter)
  local content = pandoc.Blocks(paragraphs(figure.content:walk(filter)))
  local blocks = with_text(anchor(figure.identifier), content)
  local caption = pandoc.utils.blocks_to_inlines(figure.caption.long):walk(filter)
  if #caption > 0 then blocks:insert(pandoc.Para(caption)) end
  return blocks
end

--- Definitions, which GitHub does not have, as a list whose items begin with the term.
local function finish_definitions(list, filter)
  local items = list.content:map(function(item)
    local term = pandoc.Inlines {pandoc.Strong(item[1]), pandoc.Str(":"), pandoc.Space()}
    local blocks = pandoc.Blocks {}
    for _, definition in ipairs(item[2]) do blocks:extend(definition) end
    if #blocks > 1 then blocks = pandoc.Blocks(paragraphs(blocks)) end
    return with_text(term, blocks)
  end)
  return pandoc.BulletList(items):walk(filter)
end

local function numbers_itself(tex)
  for environment in tex:gmatch("\\begin{(%l+)%*?}") do
    if NUMBERED[environment] then return true end
  end
  return tex:find("\\tag", 1, true) ~= nil
end

--- An equation with its number in the formula, where TeX allows it.
local function finish_equation(span)
  local formula, last = span.content[1], span.content[#span.content]
  local number = last.t == "Span" and stringify(last) or nil
  local after = pandoc.Inlines {}
  if number and numbers_itself(formula.text) then
    after = pandoc.Inlines {pandoc.Space(), pandoc.Str(number)}
  elseif number then
    local tex = formula.text:gsub("%s+$", "")
    formula = pandoc.Math("DisplayMath", ("%s \\tag{%s}"):format(tex, number:gsub("[()]", "")))
  end
  local place = anchor(span.identifier)
  if #place > 0 then place:insert(html("\n")) end -- a formula begins on a line of its own
  return place .. {formula} .. after
end

-- Inlines -----------------------------------------------------------------------------------

local function finish_span(span, filter)
  if span.attributes["data-emoji"] then return span, false end
  if span.classes:includes("equation") then return finish_equation(span), false end
  local class = span.classes[1]
  if class == "caption-label" then return pandoc.Strong(span.content) end
  local content = span.content:walk(filter)
  if class == "credit" then
    return pandoc.Inlines {pandoc.Str("—"), pandoc.Space(), pandoc.Emph(content)}, false
  end
  if class == "csl-left-margin" then content:insert(pandoc.Space()) end
  if class == "kbd" or class == "mark" then
    content = pandoc.Inlines {html("<" .. class .. ">")} .. content .. {html("</" .. class .. ">")}
  end
  return anchor(span.identifier) .. content, false
end

-- The chapter -------------------------------------------------------------------------------

local function indented(text) return (text:gsub("%s+$", ""):gsub("\n([^\n])", "\n    %1")) end

local function to_text(blocks) return pandoc.write(pandoc.Pandoc(blocks), "gfm", OPTIONS) end

return function(doc, context)
  local words, prefix = context.words, context.chapter.prefix
  local marks, notes = {}, pandoc.List {}
  local filter = {traverse = "topdown"}

  local function inside(blocks) return blocks:walk(filter) end

  --- Write blocks that stand inside nothing: callouts are GitHub's there.
  local function write(blocks)
    local done, run = pandoc.Blocks {}, pandoc.Blocks {}
    for _, block in ipairs(blocks) do
      local class = callout_class(block)
      local has_tabs = block.t == "Div" and block.classes:includes("tabs")
      if class or has_tabs then
        done:extend(inside(run))
        run = pandoc.Blocks {}
        done:extend(class and alert(block, class, filter, words) or finish_tabs(block, filter, write))
      else
        run:insert(block)
      end
    end
    done:extend(inside(run))
    return done
  end

  local by_class = {
    annotations = function(div) return finish_annotations(div, filter, marks), false end,
    comparison = function(div) return finish_comparison(div, filter, words), false end,
    details = function(div) return finish_details(div, filter), false end,
    listing = function(div) return finish_listing(div, filter, words) end,
    tabs = function(div) return finish_tabs(div, filter, inside), false end,
  }

  -- What a function returns has been finished, so `false` keeps the walk out of it.
  function filter.CodeBlock(code)
    marks = marked_lines(code)
    return with_text(anchor(code.identifier), pandoc.Blocks {plain_code(code)}), false
  end

  function filter.DefinitionList(list)
    return finish_definitions(list, filter), false
  end

  function filter.Div(div)
    local class = callout_class(div)
    if class then return quoted_callout(div, class, filter, words), false end
    for _, name in ipairs(div.classes) do
      if by_class[name] then return by_class[name](div) end
    end
    local content = pandoc.Blocks(paragraphs(inside(div.content)))
    return with_text(anchor(div.identifier), content), false
  end

  function filter.Figure(figure) return finish_figure(figure, filter), false end

  function filter.Header(header) return finish_heading(header, filter), false end

  function filter.Image(image) return pandoc.Image(image.caption, image.src, image.title), false end

  function filter.Link(link)
    if link.attr == NO_ATTRIBUTES then return nil end
    return pandoc.Link(link.content, link.target, link.title)
  end

  function filter.Note(note)
    local label = prefix .. #notes + 1
    notes:insert(("[^%s]: %s\n"):format(label, indented(to_text(inside(note.content)))))
    return html(("[^%s]"):format(label)), false
  end

  function filter.SmallCaps(element) return element.content:walk(filter), false end

  function filter.Span(span) return finish_span(span, filter) end

  function filter.Table(tbl) return finish_table(tbl, filter), false end

  local text = to_text(write(doc.blocks))
  return #notes > 0 and text .. "\n" .. table.concat(notes, "\n") or text
end
