using System.Text;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Practices;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Intake;
using FieldSupport.Web.Tests.Data;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Intake;

/// <summary>An empty database and the import kinds over it.</summary>
public sealed class ImportWorld : IAsyncDisposable
{
    public const string Accounts =
        "account,name,location,street,city,state,zip,timeZone,receiving,territory,licenseNumber,licenseState,licenseExpires,phone,coordinatorEmail,clinicalLeadEmail\n"
        + "LAKESIDE,Lakeside Rehab,Main,1 Lake St,Memphis,TN,38103,America/Chicago,Mon-Fri 08:00-16:00,TN-West,L-1,TN,2028-12-31,,care@lakeside.test,\n"
        + "NORTHFORK,Northfork Clinic,Main,2 Fork Rd,Lexington,KY,40507,America/New_York,Mon-Fri 08:00-16:00,KY-East,L-2,KY,2028-12-31,,,\n";

    public const string Visits = "account,visit,visitOn,refillBy,reference\nLAKESIDE,V-1,2027-02-09,2027-02-16,\nNORTHFORK,V-2,2027-02-10,,\n";

    public const string OrderColumns = "account,po,type,visit,ndc,quantity,service,submittedAt,acknowledgedAt,promisedShipOn\n";
    public const string Orders = OrderColumns
        + "LAKESIDE,LR-881,REFILL,V-1,70121-2503-01,2,TWO_DAY,2027-01-25T15:30:00-05:00,2027-01-25T16:05:00-05:00,\n"
        + "NORTHFORK,LR-881,REFILL,V-2,70121-2501-01,1,GROUND,2027-01-26T15:30:00Z,,\n";

    public const string ShipmentColumns = "po,carrier,tracking,service,labelAt,committedAt,account\n";
    public const string Shipments = ShipmentColumns + "LR-881,fedex,7712 0001,,2027-02-01T12:00:00-05:00,2027-02-03T17:00:00-06:00,LAKESIDE\n";
    public const string ReceiptColumns = "po,tracking,ndc,packs,lot,expiry,condition,receivedAt,receivedBy,account\n";

    private ImportWorld(OneDatabase database) => Database = database;

    public OneDatabase Database { get; }
    public FieldSupportDb Open() => Database.Open();

    public static async Task<ImportWorld> Create(Engine engine) => new(await OneDatabase.Create(engine));

    /// <summary>With accounts, visits, orders and one parcel of Lakeside.</summary>
    public static async Task<ImportWorld> Shipped(Engine engine)
    {
        var world = await Create(engine);
        await world.Good<ImportAccounts>(Accounts);
        await world.Good<ImportVisits>(Visits);
        await world.Good<ImportOrders>(Orders);
        await world.Good<ImportShipments>(Shipments);
        return world;
    }

    public async Task<ImportReport> Import<T>(string text, bool commit = true, bool skipBad = false, string? account = null) where T : IImportKind
    {
        var constructor = typeof(T).GetConstructors().Single();
        var kind = (IImportKind)constructor.Invoke([.. constructor.GetParameters().Select(p =>
            p.ParameterType == typeof(RiskCalendars) ? RiskCalendars.Default : Database.Services.GetRequiredService(p.ParameterType))]);
        await using var db = Open();
        return await kind.Run(db, new MemoryStream(Encoding.UTF8.GetBytes(text)), new ImportOptions(commit, skipBad, "test.csv", account), default);
    }

    public async Task<ImportReport> Good<T>(string text) where T : IImportKind
    {
        var report = await Import<T>(text);
        Assert.Empty(report.Errors);
        Assert.True(report.Committed);
        return report;
    }

    /// <summary>The errors as line, column and code.</summary>
    public async Task<IEnumerable<(int, string?, string)>> Errors<T>(string text) where T : IImportKind
    {
        var report = await Import<T>(text);
        Assert.False(report.Committed);
        return report.Errors.Select(e => (e.Line, e.Column, e.Code));
    }

    public static (int, int, int, int) Counts(ImportReport report) => (report.Read, report.Accepted, report.Duplicates, report.Rejected);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
