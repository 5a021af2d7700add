using System.Net.Mail;
using System.Text;
using System.Text.RegularExpressions;
using FieldSupport.Domain.Practices;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Exchange.Csv;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Intake;

/// <summary>Accounts with their sites: several rows of one account are its locations, the first one receives its orders.</summary>
public sealed partial class ImportAccounts(TimeProvider clock) : CsvKind(clock)
{
    public const string KindName = "accounts", FormatText =
        "CSV account,name,location,street,city,state,zip,timeZone,receiving,territory,licenseNumber,licenseState,licenseExpires[,phone,coordinatorEmail,clinicalLeadEmail]";

    public override string Kind => KindName;
    public override string Format => FormatText;

    protected override CsvColumns Columns { get; } = new(
        ["account", "name", "location", "street", "city", "state", "zip", "timeZone", "receiving", "territory"],
        ["licenseNumber", "licenseState", "licenseExpires", "phone", "coordinatorEmail", "clinicalLeadEmail"]);

    protected override async Task Apply(Reading reading)
    {
        var accounts = await reading.Accounts("account");
        var territories = (await reading.Db.Territories.ToListAsync(reading.Cancel)).ToDictionary(t => t.Code, StringComparer.OrdinalIgnoreCase);
        var slugs = (await reading.Db.Accounts.Select(a => a.Slug).ToListAsync(reading.Cancel)).ToHashSet(StringComparer.Ordinal);
        // What the file itself said about an account, so that two rows cannot say different things.
        var said = new Dictionary<(string Account, string Column), string>();

        foreach (var row in reading.Good)
        {
            var cells = new Cells(row);
            if (reading.Options.Account is { } only && cells.Account is { } code && !string.Equals(code, only, StringComparison.OrdinalIgnoreCase))
                row.Reject("account", "OTHER_ACCOUNT", $"This file may only hold rows of {only.ToUpperInvariant()}.");
            if (cells.Account is null) row.Missing<string>("account");
            if (cells.Account is { } account)
                foreach (var (column, value) in cells.OfTheAccount)
                    if (value is not null && said.TryGetValue((account, column), out var before) && before != value)
                        row.Reject(column, "CONTRADICTS_EARLIER_ROW", $"An earlier row of {account} says something else in '{column}'.");
            if (row.IsBad) continue;
            Take(reading, row, cells, accounts, territories, slugs);
            if (row.IsBad) continue;
            foreach (var (column, value) in cells.OfTheAccount)
                if (value is not null) said[(cells.Account!, column)] = value;
        }
    }

    private static void Take(Reading reading, RowCheck row, Cells cells, Dictionary<string, Account> accounts, Dictionary<string, Territory> territories, HashSet<string> slugs)
    {
        var db = reading.Db;
        if (!accounts.TryGetValue(cells.Account!, out var account))
        {
            foreach (var needed in new[] { "name", "location", "street", "city", "state", "zip", "timeZone", "receiving", "territory" }) row.Need(needed);
            if (row.IsBad) return;
            account = new Account
            {
                Code = cells.Account!, Slug = SlugOf(cells.Account!, slugs), Name = cells.Name!, TerritoryCode = Territory(cells.Territory!), RecordedAtUtc = reading.Now,
                LicenseNumber = cells.LicenseNumber, LicenseState = cells.LicenseState, LicenseExpiresOn = cells.LicenseExpires,
                Phone = cells.Phone, CoordinatorEmail = cells.Coordinator, ClinicalLeadEmail = cells.ClinicalLead,
            };
            account.Record("account.imported", null, reading.Source);
            accounts.Add(account.Code, account);
            db.Accounts.Add(account);
            AddLocation();
            return;
        }

        var location = cells.Location is null ? null : account.Locations.Find(l => string.Equals(l.Name.Trim(), cells.Location.Trim(), StringComparison.OrdinalIgnoreCase));
        if (location is null)
        {
            foreach (var needed in new[] { "location", "street", "city", "state", "zip", "timeZone", "receiving" }) row.Need(needed);
            if (row.IsBad) return;
            AddLocation();
        }
        else
        {
            var moved = Set(location.TimeZone, cells.TimeZone, v => location.TimeZone = v) | Set(location.Receiving, cells.Receiving, v => location.Receiving = v)
                | Set(location.Street, cells.Street, v => location.Street = v) | Set(location.City, cells.City, v => location.City = v)
                | Set(location.State, cells.State, v => location.State = v) | Set(location.Zip, cells.Zip, v => location.Zip = v);
            if (moved)
            {
                row.IsNews = true;
                reading.Roster.Changed(account);
            }
        }

        var changed = Set(account.Name, cells.Name, v => account.Name = v) | Set(account.LicenseNumber, cells.LicenseNumber, v => account.LicenseNumber = v)
            | Set(account.LicenseState, cells.LicenseState, v => account.LicenseState = v) | Set(account.Phone, cells.Phone, v => account.Phone = v)
            | Set(account.CoordinatorEmail, cells.Coordinator, v => account.CoordinatorEmail = v)
            | Set(account.ClinicalLeadEmail, cells.ClinicalLead, v => account.ClinicalLeadEmail = v);
        if (cells.LicenseExpires is { } expires && account.LicenseExpiresOn != expires)
        {
            account.LicenseExpiresOn = expires;
            changed = true;
        }
        if (cells.Territory is { } territory && !string.Equals(territory, account.TerritoryCode, StringComparison.OrdinalIgnoreCase))
        {
            account.TerritoryCode = Territory(territory);
            reading.Roster.Moved(account);
            changed = true;
        }
        if (!changed) return;
        row.IsNews = true;
        reading.Roster.Changed(account);

        void AddLocation()
        {
            var added = new Location
            {
                Account = account, AccountId = account.Id, Name = cells.Location!, Street = cells.Street!, City = cells.City!, State = cells.State!, Zip = cells.Zip!,
                TimeZone = cells.TimeZone!, Receiving = cells.Receiving!, IsPrimary = account.Locations.Count == 0,
            };
            added.Record("location.imported", null, reading.Source);
            if (!account.Locations.Contains(added)) account.Locations.Add(added);
            db.Locations.Add(added);
            row.IsNews = true;
        }

        string Territory(string code)
        {
            if (!territories.TryGetValue(code, out var known))
            {
                territories.Add(code, known = new Territory { Code = code, Name = code });
                db.Territories.Add(known);
            }
            return known.Code;
        }
    }

    private static bool Set(string? old, string? value, Action<string> set)
    {
        if (value is null || value == old) return false;
        set(value);
        return true;
    }

    private static string SlugOf(string code, HashSet<string> slugs)
    {
        var text = new StringBuilder();
        foreach (var c in code.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) text.Append(c);
            else if (text.Length > 0 && text[^1] != '-') text.Append('-');
        }
        var plain = text.ToString().Trim('-');
        if (plain.Length == 0) plain = "account";
        var slug = plain;
        for (var n = 2; !slugs.Add(slug); n++) slug = $"{plain}-{n}";
        return slug;
    }

    [GeneratedRegex(@"^\d{5}(-?\d{4})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ZipCode();

    /// <summary>The row's cells, each judged once.</summary>
    private sealed class Cells
    {
        public Cells(RowCheck row)
        {
            Account = row.Code("account", 40)?.ToUpperInvariant();
            Name = row.Text("name", 200);
            Location = row.Text("location", 200);
            Street = row.Text("street", 200);
            City = row.Text("city", 100);
            State = StateCode(row, "state");
            Zip = row.Code("zip", 10) is not { } zip ? null : ZipCode().IsMatch(zip) ? zip : row.Bad<string>("zip", "BAD_ZIP", $"'{row.Shown("zip")}' is not a ZIP code of 5 or 9 digits; keep its leading zeros.");
            TimeZone = row.Code("timeZone", 64) is not { } zone ? null
                : ZonedTime.Find(zone)?.Id ?? row.Bad<string>("timeZone", "UNKNOWN_TIME_ZONE", $"'{row.Shown("timeZone")}' is not an IANA time zone such as America/Chicago.");
            if (row.Text("receiving", 500) is { } receiving)
                Receiving = ReceivingHours.TryParse(receiving, out _, out var problem) ? receiving.Trim() : row.Bad<string>("receiving", "BAD_RECEIVING", problem!);
            Territory = row.Code("territory", 40);
            LicenseNumber = row.Code("licenseNumber", 64);
            LicenseState = StateCode(row, "licenseState");
            LicenseExpires = row.Day("licenseExpires");
            Phone = row.Code("phone", 40);
            Coordinator = Mail(row, "coordinatorEmail");
            ClinicalLead = Mail(row, "clinicalLeadEmail");
        }

        public string? Account { get; }
        public string? Name { get; }
        public string? Location { get; }
        public string? Street { get; }
        public string? City { get; }
        public string? State { get; }
        public string? Zip { get; }
        public string? TimeZone { get; }
        public string? Receiving { get; }
        public string? Territory { get; }
        public string? LicenseNumber { get; }
        public string? LicenseState { get; }
        public DateOnly? LicenseExpires { get; }
        public string? Phone { get; }
        public string? Coordinator { get; }
        public string? ClinicalLead { get; }

        public IEnumerable<(string Column, string? Value)> OfTheAccount =>
        [
            ("name", Name), ("territory", Territory?.ToUpperInvariant()), ("licenseNumber", LicenseNumber), ("licenseState", LicenseState),
            ("licenseExpires", LicenseExpires?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)), ("phone", Phone),
            ("coordinatorEmail", Coordinator), ("clinicalLeadEmail", ClinicalLead),
        ];

        private static string? StateCode(RowCheck row, string column) =>
            row.Code(column, 40) is not { } text ? null
            : text.Length == 2 && text.All(char.IsAsciiLetter) ? text.ToUpperInvariant()
            : row.Bad<string>(column, "BAD_STATE", $"'{row.Shown(column)}' is not a state's two letters.");

        private static string? Mail(RowCheck row, string column) =>
            row.Code(column, 200) is not { } text ? null
            : MailAddress.TryCreate(text, out var address) && address.Address == text ? text
            : row.Bad<string>(column, "BAD_EMAIL", $"'{row.Shown(column)}' is not a mail address.");
    }
}
