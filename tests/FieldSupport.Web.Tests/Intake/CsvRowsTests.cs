using System.Text;
using System.Text.Json;
using FieldSupport.Testing;
using FieldSupport.Web.Exchange.Csv;

namespace FieldSupport.Web.Tests.Intake;

public sealed class CsvRowsTests
{
    private static readonly CsvColumns Abc = new(["a", "b"], ["c"]);

    private static (List<CsvRow> Rows, CsvRows Csv) Read(byte[] bytes, CsvColumns columns)
    {
        var csv = CsvRows.Open(new MemoryStream(bytes), columns);
        return (csv.Read().ToList(), csv);
    }

    private static (List<CsvRow> Rows, CsvRows Csv) Read(string text) => Read(Encoding.UTF8.GetBytes(text), Abc);

    [RealDataTheory]
    [InlineData("comma_in_quotes", "\n"), InlineData("comma_in_quotes", "\r\n"), InlineData("empty", "\n"), InlineData("empty", "\r\n")]
    [InlineData("escaped_quotes", "\n"), InlineData("escaped_quotes", "\r\n"), InlineData("newlines", "\n"), InlineData("newlines", "\r\n")]
    [InlineData("utf8", "\n"), InlineData("utf8", "\r\n")]
    public void The_public_parser_cases_read_as_they_should(string name, string lineEnd)
    {
        var expected = JsonSerializer.Deserialize<List<Dictionary<string, string>>>(File.ReadAllText(RealData.PathOf("bad-input/csv/" + name + ".expected.json")))!;
        var text = File.ReadAllText(RealData.PathOf("bad-input/csv/" + name + ".csv")).Replace("\n", lineEnd, StringComparison.Ordinal);
        var columns = expected[0].Keys.ToArray();

        var (rows, _) = Read(Encoding.UTF8.GetBytes(text), new CsvColumns(columns, []));

        Assert.Equal(expected.Count, rows.Count);
        foreach (var (want, got) in expected.Zip(rows))
            foreach (var column in columns)
                Assert.Equal(want[column].Replace("\n", lineEnd, StringComparison.Ordinal), got[column]);
    }

    [RealDataTheory]
    [InlineData("salesforce-csvtext_BOM_UTF8.csv"), InlineData("salesforce-csvtext_BOM_UTF16LE.csv")]
    public void A_byte_order_mark_is_no_part_of_the_first_heading(string file)
    {
        var (rows, csv) = Read(File.ReadAllBytes(RealData.PathOf("crm/" + file)), new CsvColumns(["column1"], ["column2", "column3"]));
        Assert.Empty(csv.HeaderFaults);
        Assert.Equal(2, rows.Count);
    }

    [RealDataFact]
    public void The_messy_sites_are_1598_rows_with_line_breaks_inside_fields()
    {
        var bytes = File.ReadAllBytes(RealData.PathOf("crm/chicago-sites-messy.csv"));
        var heading = Encoding.UTF8.GetString(bytes, 0, Array.IndexOf(bytes, (byte)'\n')).Trim().TrimStart('\uFEFF').Split(',');
        var (rows, _) = Read(bytes, new CsvColumns(heading, []));
        Assert.Equal(1598, rows.Count);
        Assert.DoesNotContain(rows, r => r.Fault is not null);
    }

    [Theory, InlineData("A,B\n1,2\n"), InlineData("b,a\n2,1"), InlineData(" a , b \r\n1,2\r\n")]
    public void Headings_come_in_any_case_and_order(string text)
    {
        var (rows, csv) = Read(text);
        Assert.Empty(csv.HeaderFaults);
        Assert.Equal(("1", "2"), (rows[0]["a"].Trim(), rows[0]["b"].Trim()));
        Assert.Equal("", rows[0]["c"]);
    }

    [Fact]
    public void Lines_count_line_breaks_inside_fields_and_empty_lines()
    {
        var (rows, _) = Read("a,b\n1,\"x\ny\"\n\n2,z\r\n3,w\n");
        Assert.Equal([2, 5, 6], rows.Select(r => r.Line));
        Assert.Equal("x\ny", rows[0]["b"]);
    }

    [Theory, InlineData(""), InlineData("\n\n")]
    public void An_empty_file_says_so(string text) => Assert.Equal("EMPTY_FILE", Assert.Single(Read(text).Csv.HeaderFaults).Code);

    [Fact]
    public void A_missing_or_doubled_heading_is_an_error_of_its_line()
    {
        Assert.Equal(("COLUMN_MISSING", "b", 1), Read("a,c\n1,2").Csv.HeaderFaults.Select(f => (f.Code, f.Column, f.Line)).Single());
        Assert.Equal("COLUMN_TWICE", Assert.Single(Read("a,b,A\n1,2,3").Csv.HeaderFaults).Code);
        Assert.Contains("'extra'", Assert.Single(Read("a,b,extra\n1,2,3").Csv.Notes));
    }

    [Fact]
    public void A_stray_quote_loses_one_line_and_no_other()
    {
        var (rows, _) = Read("a,b\n1,\"open\n2,x\n3,\"y\"\n4,z\n");
        Assert.Equal((2, "b", "QUOTES"), (rows[0].Fault!.Line, rows[0].Fault!.Column, rows[0].Fault!.Code));
        Assert.Equal([(3, "2", "x"), (4, "3", "y"), (5, "4", "z")], rows.Skip(1).Select(r => (r.Line, r["a"], r["b"])));
        Assert.All(rows.Skip(1), r => Assert.Null(r.Fault));
    }

    [Fact]
    public void A_quote_in_the_middle_of_a_cell_is_a_fault_of_that_cell()
    {
        var (rows, _) = Read("a,b\n1,x\"y\n2,z\n");
        Assert.Equal(("b", "QUOTES"), (rows[0].Fault!.Column, rows[0].Fault!.Code));
        Assert.Null(rows[1].Fault);
    }

    [Fact]
    public void A_row_with_too_few_or_too_many_cells_is_a_fault()
    {
        var (rows, _) = Read("a,b,c\n1,2\n1,2,3,4\n1,2,3,\n");
        Assert.Equal(["CELL_COUNT", "CELL_COUNT", null], rows.Select(r => r.Fault?.Code));
    }

    [Fact]
    public void Bytes_that_are_no_utf8_and_nul_are_faults_of_their_cell()
    {
        var (rows, _) = Read([.. "a,b\n1,"u8, 0xC3, 0x28, .. "\n2,x\0y\n3,z\n"u8], Abc);
        Assert.Equal(["ENCODING", "BAD_CHARACTER", null], rows.Select(r => r.Fault?.Code));
    }

    [Fact]
    public void A_cell_without_end_stops_with_its_line()
    {
        var (rows, _) = Read("a,b\n1,x\n2,\"" + new string('x', 200_000));
        Assert.Equal((3, "CELL_TOO_LONG"), (rows[^1].Fault!.Line, rows[^1].Fault!.Code));
        Assert.Equal("x", rows[0]["b"]);
    }

    [RealDataFact]
    public void Naughty_strings_come_out_as_they_went_in()
    {
        var strings = JsonSerializer.Deserialize<List<string>>(File.ReadAllText(RealData.PathOf("bad-input/naughty-strings.json")))!
            .Where(s => !s.Contains('\0') && !s.Contains('\uFFFD') && !string.IsNullOrWhiteSpace(s)).ToList();
        var text = "a,b\n" + string.Concat(strings.Select(s => $"x,\"{s.Replace("\"", "\"\"")}\"\n"));
        var (rows, _) = Read(text);
        Assert.Equal(strings, rows.Select(r => r["b"]));
    }

    [Theory]
    [InlineData("2027-02-01T16:05:00Z", "2027-02-01T16:05:00Z"), InlineData("2027-02-01T10:05-06:00", "2027-02-01T16:05:00Z"), InlineData(" 2027-02-01T10:05:00.1234567-0600 ", "2027-02-01T16:05:00.123456Z")]
    public void Instants_have_an_offset(string text, string utc) => Assert.Equal(DateTimeOffset.Parse(utc), Instants.Read(text));

    [Theory, InlineData("2010-10-14T12:00:00.000Z-0300"), InlineData("2027-02-01T16:05:00"), InlineData("2027-02-01"), InlineData("02/01/2027 16:05Z"), InlineData("2027-02-30T00:00Z"), InlineData("2027-02-01T25:00Z"), InlineData("0001-01-01T00:00:00+05:00")]
    public void What_is_no_instant_is_refused(string text) => Assert.Null(Instants.Read(text));
}
