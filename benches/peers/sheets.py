"""A sheet of 22,000 x 20 with what people use instead: sheets.py WHAT FOLDER. One line asked, one line answered."""
import csv, gc, json, resource, sys, time

what, folder = sys.argv[1], sys.argv[2]
xlsx, text = f"{folder}/roster.xlsx", f"{folder}/roster.csv"


def rows():
    with open(text, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


if what.startswith("polars"):
    import polars
if what.startswith("openpyxl"):
    import openpyxl
if what.startswith("xlsxwriter"):
    import xlsxwriter
    table = [[int(row[0]) if at else row[0], *row[1:]] for at, row in enumerate(rows())]
if what == "csv write":
    table = rows()


def polars_xlsx():
    return polars.read_excel(xlsx).height


def polars_csv():
    return polars.read_csv(text).height


def openpyxl_xlsx():
    sheet = openpyxl.load_workbook(xlsx, read_only=True).active
    return len([row for row in sheet.iter_rows(values_only=True)]) - 1


def written(constant):
    book = xlsxwriter.Workbook(f"{folder}/peer.xlsx", {"constant_memory": constant})
    sheet = book.add_worksheet()
    for at, row in enumerate(table):
        sheet.write_row(at, 0, row)
    book.close()
    return len(table) - 1


def csv_write():
    with open(f"{folder}/peer.csv", "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)
    return len(table) - 1


run = {
    "polars": polars_xlsx,
    "polars csv": polars_csv,
    "openpyxl": openpyxl_xlsx,
    "xlsxwriter": lambda: written(False),
    "xlsxwriter constant memory": lambda: written(True),
    "csv write": csv_write,
}[what]
for _ in sys.stdin:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    count = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": wall * 1e3, "cpu_ms": cpu * 1e3, "rss_mb": peak, "rules": [[count, 0, 0, 0]]}), flush=True)
