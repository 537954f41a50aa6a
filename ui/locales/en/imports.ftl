import-title = Import of sheets
import-aside = Bring the sheet you have; every row is checked before anything is written, and the same sheet twice changes nothing
import-hand-in = Hand in a sheet
import-kind = Kind of sheet
import-place = Place
import-place-hint = For a roster, choose the site
import-file = File
import-file-hint = xlsx, xls or csv, up to 20 MB. Title rows, merged cells and two-row headings may stay as they are
import-read = Read the sheet
import-no-file = Choose a file first
import-no-sheet = No sheet of the file can be read as this kind:
import-none-to-write = There is no ledger that you may import into
import-handed-in = Sheets handed in
import-count = { $n } in all
import-none = No sheet was handed in yet
import-none-next = Choose a file above; you see what would become of each row before anything is written
import-state = State
import-rows-taken = Rows imported
import-open = Open
import-closed = Settled
import-undone = Undone
import-stopped = Stopped; nothing was written
import-faulty = Faulty
import-faulty-means = Mend them and hand the sheet in again; rows that were imported are not repeated
import-held = Waiting
import-held-means = Nothing is wrong in the row, but what it belongs with cannot be written yet
import-changed = Changed
import-changed-means = In the ledger already; this would change. Blank cells erase nothing; write 清空 to empty a field
import-new = New
import-new-means = Not in the ledger; would be made
import-same = The same
import-same-means = In the ledger already and the same; nothing is written
import-row = Row
import-row-n = Row { $n }:
import-name = Name
import-what = Content
import-fault = Faulty
import-remark = Remark
import-emptied = emptied
import-missing = Required, but not in the sheet
import-missing-note = Tell it once for all rows
import-offered = Chosen as { $name } has it; change it if it differs
import-which = Which { $ledger } do these rows belong to?
import-go-on = Continue
import-columns-read = { $unknown ->
    [0] { $n ->
        [one] The one column is recognised
       *[other] All { $n } columns are recognised
    }
   *[other] { $n } columns, { $unknown } of them without a field
 }
import-beside = The page “{ $page }” is read together with “{ $rows }”.
import-alone = { $n ->
    [one] 1 row of the page “{ $page }” is named by none of “{ $rows }” and was not read: { $numbers }. Add its rows there and hand the file in again.
   *[other] { $n } rows of the page “{ $page }” are named by none of “{ $rows }” and were not read: { $numbers }. Add their rows there and hand the file in again.
 }
import-page-left = The page “{ $page }” is not read ({ $n ->
    [one] about 1 row
   *[other] about { $n } rows
 }): one page is read at a time. It can also be read when the file is handed in again after this import.
import-page-unread = The page “{ $page }” is not read: { $why }.
import-page-read = Read this page instead
import-part = { $n ->
    [one] 1 row that is faulty or waits stays here; the others can be imported first.
   *[other] { $n } rows that are faulty or wait stay here; the others can be imported first.
 }
import-part-whole = Import all or nothing
import-whole = { $n ->
    [one] All or nothing: as long as 1 row is faulty or waits, no other is imported.
   *[other] All or nothing: as long as { $n } rows are faulty or wait, no other is imported.
 }
import-whole-part = Import the good rows first
import-read-anew = Read again this way
import-reading = Headings and fields
import-role-count = A count, compared only
import-role-serial = Serial number, left out
import-role-record = Says which record a row is
import-role-out = Left out
import-grid = Sheet of the workbook
import-marked = Download the marked workbook
import-marked-name = marked
import-close = Set aside
import-take = { $n ->
    [one] Import 1 row
   *[other] Import { $n } rows
 }
import-undo = Undo the import
import-made = Would be written
import-made-of = { $new ->
    [0] { $changed } changed
   *[other] { $changed ->
        [0] { $new } new
       *[other] { $new } new, { $changed } changed
    }
 }
import-ignored = { $n ->
    [one] 1 row passed over
   *[other] { $n } rows passed over
 }
import-taken = Imports
import-taken-line = { $at } { $who } imported { $n ->
    [one] 1 row
   *[other] { $n } rows
 }
import-taken-undone = { $at } { $who } imported { $n ->
    [one] 1 row
   *[other] { $n } rows
 }, undone
import-took = { $n ->
    [one] 1 row imported; coverage is up to date
   *[other] { $n } rows imported; coverage is up to date
 }
import-took-nothing = The same as the ledgers: there is nothing to import
import-took-none = Nothing was imported; left: { $left }
import-nothing-compared = No row could be compared with the ledgers; see below whether each column was taken for the right field
import-waits = Handed on; it waits for a second person
import-not-whole = { $n ->
    [one] 1 row is faulty or waits
   *[other] { $n } rows are faulty or wait
 }; as all or nothing was asked for, nothing was written
import-refused = It was refused as it was written; nothing was written:
import-undo-prevented = Somebody changed or recorded this after the import, so it cannot be undone as a whole:
touched-whole = { " " }(recorded since, and concerns it)
import-stage-reading = Reading the file …
import-stage-comparing = Comparing row by row: { $done } of { $all }
import-stage-writing = Writing { $all ->
    [one] 1 record
   *[other] { $all } records
 } in one transaction; it cannot be interrupted
import-stop = Stop
import-stop-late = Writing had begun when you pressed Stop, so it went on. Once it is written, the import can be undone on this page
import-look-again = Look again
choose = Choose
import-partly = Faulty in part
import-partly-means = One cell lists several: those that are wrong are left out, the others go; mend them and hand the sheet in again
import-remarked = With a remark
import-remarked-means = A remark keeps nothing out; compare before taking.
import-kind-by-file = By what the file holds
import-template = Download the template
import-template-pages = Download it with a page for each ledger
import-template-split = { " " }(a page for each ledger)
import-no-kind = No kind of sheet was recognised. The first row of the file says “{ $first }”. Headings named as in a template are recognised: download one below
import-not-theirs = This is a sheet “{ $kind }”, which you may not write. Nothing was read; if it was mistaken, choose the kind yourself
import-other-kind = This file does not look like “{ $chosen }” but like “{ $kind }”. “{ $kind }” is chosen now: choose the file again and read it
import-go-on-and-take = Continue and import
import-waits-for-place = Waits for the { $ledger } to be chosen above
import-waits-for-fields = Waits for what is asked above: { $fields }
import-waits-for-rows = Waits until these rows are mended: { $rows }
import-waits-for-others = Waits for other rows of the same household, or for a record that it names
import-took-part = { $n ->
    [one] 1 row imported
   *[other] { $n } rows imported
 }; still there: { $left }
import-left-partly = { $n ->
    [one] 1 row faulty in part
   *[other] { $n } rows faulty in part
 }
import-left-faulty = { $n ->
    [one] 1 faulty row
   *[other] { $n } faulty rows
 }
import-left-held = { $n ->
    [one] 1 waiting row
   *[other] { $n } waiting rows
 }
import-taken-back = Undone: the ledgers are as they were before the import
import-close-means = Rows that were not imported are kept no longer and the file is deleted; rows that were imported stay.
import-close-sure = Set aside for good
import-undo-means = Records that this sheet made go, and what it changed is as it was before. If somebody changed any of it since, it cannot be undone as a whole.
import-undo-sure = Undo now
import-kept-no-more = No row was imported; the file is kept no longer.
import-again = Hand in a sheet again
thing-import = import
