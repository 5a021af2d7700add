using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PeopleAroundTheLadder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient_Round",
                table: "Notices");

            migrationBuilder.AddColumn<long>(
                name: "AnswerDueAtUtc",
                table: "Rungs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "AnsweredAtUtc",
                table: "Rungs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AnsweredBy",
                table: "Rungs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Level",
                table: "Rungs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Severity",
                table: "Rungs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SafetyAnswer",
                table: "Receipts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SignedBy",
                table: "Receipts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "AnsweredAtUtc",
                table: "Notices",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AnsweredVia",
                table: "Notices",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "BundleId",
                table: "Notices",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Level",
                table: "Notices",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "LinkHash",
                table: "Notices",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Person",
                table: "Notices",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "DockNote",
                table: "Locations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "HandledBy",
                table: "Deliveries",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Resolution",
                table: "Deliveries",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "ResolvedAtUtc",
                table: "Deliveries",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ResolvedBy",
                table: "Deliveries",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "SnoozedUntilUtc",
                table: "Deliveries",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SafetyAnswer",
                table: "Chases",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "InvitedBy",
                table: "AspNetUsers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Language",
                table: "AspNetUsers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ClinicalLeadName",
                table: "Accounts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "CoordinatorName",
                table: "Accounts",
                type: "TEXT",
                nullable: true);

            // Notices told before were told to one address, or to a setting's several: only the first kind is somebody's own.
            migrationBuilder.Sql("UPDATE \"Notices\" SET \"Person\" = lower(\"Addresses\") WHERE \"Addresses\" IS NOT NULL AND \"Addresses\" NOT LIKE '%,%'");

            migrationBuilder.CreateTable(
                name: "NoticePreferences",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    Email = table.Column<string>(type: "TEXT", nullable: false),
                    TimeZone = table.Column<string>(type: "TEXT", nullable: false),
                    QuietFrom = table.Column<TimeOnly>(type: "TEXT", nullable: true),
                    QuietUntil = table.Column<TimeOnly>(type: "TEXT", nullable: true),
                    DigestAt = table.Column<TimeOnly>(type: "TEXT", nullable: false),
                    DigestsLesser = table.Column<bool>(type: "INTEGER", nullable: false),
                    DigestsDelivered = table.Column<bool>(type: "INTEGER", nullable: false),
                    DeputyUserId = table.Column<string>(type: "TEXT", nullable: true),
                    AwayFrom = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    AwayUntil = table.Column<DateOnly>(type: "TEXT", nullable: true),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NoticePreferences", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ReceiptPhotos",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ShipmentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ShipmentNumber = table.Column<string>(type: "TEXT", nullable: false),
                    Ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    ContentType = table.Column<string>(type: "TEXT", nullable: false),
                    Bytes = table.Column<int>(type: "INTEGER", nullable: false),
                    AddedBy = table.Column<string>(type: "TEXT", nullable: false),
                    AddedAtUtc = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ReceiptPhotos", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SafetyReports",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    AwareAtUtc = table.Column<long>(type: "INTEGER", nullable: false),
                    DueAtUtc = table.Column<long>(type: "INTEGER", nullable: false),
                    ReportedBy = table.Column<string>(type: "TEXT", nullable: false),
                    ReporterRole = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: true),
                    DeliveryNumber = table.Column<string>(type: "TEXT", nullable: true),
                    Source = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    TakenBy = table.Column<string>(type: "TEXT", nullable: true),
                    TakenAtUtc = table.Column<long>(type: "INTEGER", nullable: true),
                    Version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SafetyReports", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Rungs_Unanswered",
                table: "Rungs",
                column: "AnswerDueAtUtc",
                filter: "\"AnswerDueAtUtc\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Notices_BundleId",
                table: "Notices",
                column: "BundleId",
                filter: "\"BundleId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Notices_LinkHash",
                table: "Notices",
                column: "LinkHash",
                unique: true,
                filter: "\"LinkHash\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Notices_Person_QueuedAtUtc",
                table: "Notices",
                columns: new[] { "Person", "QueuedAtUtc" });

            migrationBuilder.CreateIndex(
                name: "IX_Notices_Person_SentAtUtc",
                table: "Notices",
                columns: new[] { "Person", "SentAtUtc" });

            migrationBuilder.CreateIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient_Round_Person",
                table: "Notices",
                columns: new[] { "WatchKey", "Rung", "Recipient", "Round", "Person" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_Handled",
                table: "Deliveries",
                column: "HandledBy",
                filter: "\"HandledBy\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_NoticePreferences_UserId",
                table: "NoticePreferences",
                column: "UserId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ReceiptPhotos_ShipmentId_Ordinal",
                table: "ReceiptPhotos",
                columns: new[] { "ShipmentId", "Ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_SafetyReports_Number",
                table: "SafetyReports",
                column: "Number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_SafetyReports_ReportedBy_AwareAtUtc",
                table: "SafetyReports",
                columns: new[] { "ReportedBy", "AwareAtUtc" });

            migrationBuilder.CreateIndex(
                name: "IX_SafetyReports_State_DueAtUtc_Number",
                table: "SafetyReports",
                columns: new[] { "State", "DueAtUtc", "Number" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "NoticePreferences");

            migrationBuilder.DropTable(
                name: "ReceiptPhotos");

            migrationBuilder.DropTable(
                name: "SafetyReports");

            migrationBuilder.DropIndex(
                name: "IX_Rungs_Unanswered",
                table: "Rungs");

            migrationBuilder.DropIndex(
                name: "IX_Notices_BundleId",
                table: "Notices");

            migrationBuilder.DropIndex(
                name: "IX_Notices_LinkHash",
                table: "Notices");

            migrationBuilder.DropIndex(
                name: "IX_Notices_Person_QueuedAtUtc",
                table: "Notices");

            migrationBuilder.DropIndex(
                name: "IX_Notices_Person_SentAtUtc",
                table: "Notices");

            migrationBuilder.DropIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient_Round_Person",
                table: "Notices");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_Handled",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "AnswerDueAtUtc",
                table: "Rungs");

            migrationBuilder.DropColumn(
                name: "AnsweredAtUtc",
                table: "Rungs");

            migrationBuilder.DropColumn(
                name: "AnsweredBy",
                table: "Rungs");

            migrationBuilder.DropColumn(
                name: "Level",
                table: "Rungs");

            migrationBuilder.DropColumn(
                name: "Severity",
                table: "Rungs");

            migrationBuilder.DropColumn(
                name: "SafetyAnswer",
                table: "Receipts");

            migrationBuilder.DropColumn(
                name: "SignedBy",
                table: "Receipts");

            migrationBuilder.DropColumn(
                name: "AnsweredAtUtc",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "AnsweredVia",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "BundleId",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Level",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "LinkHash",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "Person",
                table: "Notices");

            migrationBuilder.DropColumn(
                name: "DockNote",
                table: "Locations");

            migrationBuilder.DropColumn(
                name: "HandledBy",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "Resolution",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "ResolvedAtUtc",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "ResolvedBy",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "SnoozedUntilUtc",
                table: "Deliveries");

            migrationBuilder.DropColumn(
                name: "SafetyAnswer",
                table: "Chases");

            migrationBuilder.DropColumn(
                name: "InvitedBy",
                table: "AspNetUsers");

            migrationBuilder.DropColumn(
                name: "Language",
                table: "AspNetUsers");

            migrationBuilder.DropColumn(
                name: "ClinicalLeadName",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "CoordinatorName",
                table: "Accounts");

            migrationBuilder.CreateIndex(
                name: "IX_Notices_WatchKey_Rung_Recipient_Round",
                table: "Notices",
                columns: new[] { "WatchKey", "Rung", "Recipient", "Round" },
                unique: true);
        }
    }
}
